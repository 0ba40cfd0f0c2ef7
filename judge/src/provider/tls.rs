//! Certificates made for one run: an authority, a good one, and bad ones to see whether a source
//! looks at them.

use std::sync::{Arc, Mutex, PoisonError};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::TlsAcceptor;

use super::StartError;

/// What is wrong with a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadCertificate {
    /// No authority signed it.
    SelfSigned,
    /// It is for another host.
    OtherHost,
    /// Its time is over.
    Expired,
}

/// What connections are met with.
#[derive(Debug)]
pub(super) struct Tls {
    ca_pem: String,
    ca: Issuer<'static, KeyPair>,
    shown: Mutex<Arc<ServerConfig>>,
}

impl Tls {
    /// A new authority, and a certificate of it for loopback.
    pub(super) fn make() -> Result<Self, StartError> {
        let key = KeyPair::generate().map_err(failed)?;
        let mut params = CertificateParams::new(Vec::<String>::new()).map_err(failed)?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(rcgen::DnType::CommonName, "provisor judge of one run");
        let certificate = params.self_signed(&key).map_err(failed)?;
        let ca_pem = certificate.pem();
        let ca = Issuer::new(params, key);
        let good = config(leaf(&ca, None)?)?;
        Ok(Self { ca_pem, ca, shown: Mutex::new(good) })
    }

    pub(super) fn ca_pem(&self) -> &str {
        &self.ca_pem
    }

    /// Shows another certificate from now on.
    pub(super) fn show(&self, bad: Option<BadCertificate>) -> Result<(), StartError> {
        let config = config(leaf(&self.ca, bad)?)?;
        *self.shown.lock().unwrap_or_else(PoisonError::into_inner) = config;
        Ok(())
    }

    pub(super) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(Arc::clone(&self.shown.lock().unwrap_or_else(PoisonError::into_inner)))
    }
}

type Leaf = (CertificateDer<'static>, PrivateKeyDer<'static>);

fn leaf(ca: &Issuer<'_, KeyPair>, bad: Option<BadCertificate>) -> Result<Leaf, StartError> {
    let names = match bad {
        Some(BadCertificate::OtherHost) => vec!["elsewhere.invalid".to_owned()],
        _ => vec!["localhost".to_owned(), "127.0.0.1".to_owned()],
    };
    let mut params = CertificateParams::new(names).map_err(failed)?;
    if bad == Some(BadCertificate::Expired) {
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(2021, 1, 1);
    }
    let key = KeyPair::generate().map_err(failed)?;
    let certificate = match bad {
        Some(BadCertificate::SelfSigned) => params.self_signed(&key),
        _ => params.signed_by(&key, ca),
    };
    let certificate = certificate.map_err(failed)?;
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    Ok((certificate.der().clone(), key))
}

fn config((certificate, key): Leaf) -> Result<Arc<ServerConfig>, StartError> {
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(failed)?
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .map_err(failed)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

fn failed(why: impl std::fmt::Display) -> StartError {
    StartError(format!("no certificate could be made: {why}"))
}

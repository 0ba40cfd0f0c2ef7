//! TLS 1.2 and 1.3 from a certificate and a key in PEM files.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

/// Where the certificate chain and its key are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// The chain, the server's own certificate first.
    pub certificate: PathBuf,
    /// The key: PKCS#8, PKCS#1 or SEC1, without a password.
    pub key: PathBuf,
}

/// What new connections are met with. It can be read again while the server runs.
#[derive(Debug)]
pub(super) struct Tls {
    files: TlsFiles,
    config: RwLock<Arc<ServerConfig>>,
}

impl Tls {
    /// Reads the files; fails with which one is wrong, and why.
    pub(super) fn read(files: TlsFiles) -> Result<Self, String> {
        let config = RwLock::new(config(&files)?);
        Ok(Self { files, config })
    }

    /// Reads the files again, as after a renewal. If they are wrong, what was read stays.
    pub(super) fn reload(&self) -> Result<(), String> {
        let config = config(&self.files)?;
        *self.config.write().unwrap_or_else(PoisonError::into_inner) = config;
        Ok(())
    }

    pub(super) fn acceptor(&self) -> TlsAcceptor {
        let config = self.config.read().unwrap_or_else(PoisonError::into_inner);
        TlsAcceptor::from(Arc::clone(&config))
    }
}

fn config(files: &TlsFiles) -> Result<Arc<ServerConfig>, String> {
    let unreadable = |path: &Path, what: &str, why: &dyn std::fmt::Display| {
        format!("the {what} `{}` cannot be used: {why}", path.display())
    };
    let certificates = CertificateDer::pem_file_iter(&files.certificate)
        .and_then(|one| one.collect::<Result<Vec<_>, _>>())
        .map_err(|why| unreadable(&files.certificate, "certificate file", &why))?;
    let key = PrivateKeyDer::from_pem_file(&files.key)
        .map_err(|why| unreadable(&files.key, "key file", &why))?;
    // RFC 7644, 7.2: TLS 1.2 must be there; rustls' defaults are 1.2 and 1.3.
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|why| unreadable(&files.certificate, "certificate file", &why))?
        .with_no_client_auth()
        .with_single_cert(certificates, key)
        .map_err(|why| unreadable(&files.certificate, "certificate file", &why))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

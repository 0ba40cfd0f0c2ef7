//! TLS 1.2 and 1.3, with the system's authorities or those of a file.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::fault::{ClientError, FaultKind, deepest, fault};

/// Whom to trust, and how to prove oneself.
#[derive(Debug, Clone, Default)]
pub struct TlsOptions {
    /// Certificates of authorities in PEM, instead of the system's.
    pub authorities: Option<PathBuf>,
    /// Take any certificate. For trying only.
    pub insecure: bool,
    /// A certificate chain and its key in PEM, by which the client proves itself.
    pub client: Option<(PathBuf, PathBuf)>,
}

/// Makes TLS of connections.
pub(super) struct Tls(TlsConnector);

impl Tls {
    pub(super) fn new(options: &TlsOptions) -> Result<Self, ClientError> {
        let provider = Arc::new(ring::default_provider());
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(|error| fault(FaultKind::Usage, format!("TLS cannot be used: {error}")))?;
        let builder = if options.insecure {
            builder.dangerous().with_custom_certificate_verifier(Arc::new(Anybody(provider)))
        } else {
            builder.with_root_certificates(authorities(options.authorities.as_deref())?)
        };
        let mut config = match &options.client {
            None => builder.with_no_client_auth(),
            Some((chain, key)) => {
                let certificates = certificates(chain)?;
                let secret = PrivateKeyDer::from_pem_file(key)
                    .map_err(|why| unreadable(key, "key file", &why))?;
                builder
                    .with_client_auth_cert(certificates, secret)
                    .map_err(|why| unreadable(chain, "certificate file", &why))?
            }
        };
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self(TlsConnector::from(Arc::new(config))))
    }

    pub(super) async fn over(
        &self,
        host: &str,
        stream: TcpStream,
    ) -> Result<TlsStream<TcpStream>, ClientError> {
        let name = ServerName::try_from(host.to_owned()).map_err(|_| {
            fault(FaultKind::Usage, format!("`{host}` is no name that TLS could prove"))
        })?;
        self.0.connect(name, stream).await.map_err(|error| {
            if speaks_no_tls(&error) {
                let message = format!("what answers at {host} speaks no TLS");
                return fault(FaultKind::Tls, message).help("write http:// in place of https://");
            }
            fault(FaultKind::Tls, format!("TLS with {host} failed: {}", deepest(&error)))
        })
    }
}

/// The first bytes that came are of something else, such as an HTTP answer.
fn speaks_no_tls(error: &std::io::Error) -> bool {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    let wrong = rustls::Error::InvalidMessage(rustls::InvalidMessage::InvalidContentType);
    inner.is_some_and(|inner| *inner == wrong)
}

impl std::fmt::Debug for Tls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tls")
    }
}

fn authorities(file: Option<&Path>) -> Result<RootCertStore, ClientError> {
    let mut roots = RootCertStore::empty();
    match file {
        Some(file) => {
            for certificate in certificates(file)? {
                roots
                    .add(certificate)
                    .map_err(|why| unreadable(file, "file of authorities", &why))?;
            }
        }
        None => {
            // One that cannot be read is no reason to do without the others.
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
    }
    Ok(roots)
}

fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, ClientError> {
    let all = CertificateDer::pem_file_iter(file)
        .and_then(|one| one.collect::<Result<Vec<_>, _>>())
        .map_err(|why| unreadable(file, "certificate file", &why))?;
    if all.is_empty() {
        return Err(unreadable(file, "certificate file", &"no certificate is in it"));
    }
    Ok(all)
}

fn unreadable(file: &Path, what: &str, why: &dyn std::fmt::Display) -> ClientError {
    let message = format!("the {what} `{}` cannot be used: {why}", file.display());
    fault(FaultKind::Usage, message)
}

/// Trusts everybody, as `insecure` asks; signatures are still looked at.
#[derive(Debug)]
struct Anybody(Arc<CryptoProvider>);

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

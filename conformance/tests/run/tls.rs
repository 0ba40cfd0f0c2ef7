//! https: whom to trust, and how a client proves itself.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use provisor_conformance::http::{FaultKind, TlsOptions};
use provisor_conformance::report::Verdict;
use rustls::pki_types::PrivateKeyDer;
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use serde_json::json;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::small::{Kept, reply, serve};
use super::tell::{READS, fire_with, scenario, soon, verdicts};

/// A server with a certificate of its own making, and the files of it.
struct Secure {
    url: String,
    authority: PathBuf,
    key: PathBuf,
    _folder: tempfile::TempDir,
    accepting: tokio::task::JoinHandle<()>,
}

impl Drop for Secure {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// With `mutual`, only a client that shows the same certificate is let in.
async fn secure(mutual: bool) -> Secure {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: String| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let authority = write("authority.pem", made.cert.pem());
    let key = write("key.pem", made.signing_key.serialize_pem());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .unwrap();
    let secret = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let chain = vec![made.cert.der().clone()];
    let config = if mutual {
        let mut roots = RootCertStore::empty();
        roots.add(made.cert.der().clone()).unwrap();
        let verifier =
            WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build().unwrap();
        builder.with_client_cert_verifier(verifier).with_single_cert(chain, secret).unwrap()
    } else {
        builder.with_no_client_auth().with_single_cert(chain, secret).unwrap()
    };
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://localhost:{}/scim", listener.local_addr().unwrap().port());
    let accepting = tokio::spawn(async move {
        let mut all = tokio::task::JoinSet::new();
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            all.spawn(async move {
                let Ok(stream) = acceptor.accept(stream).await else { return };
                let user = || reply(200, &json!({ "id": "1" }));
                let hook = move |asked: &super::small::Asked, _: &mut Kept| {
                    (asked.path == "/Users/1").then(user)
                };
                serve(stream, Arc::new(Mutex::new(Kept::default())), Arc::new(hook)).await;
            });
        }
    });
    Secure { url, authority, key, _folder: folder, accepting }
}

async fn verdict(server: &Secure, tls: TlsOptions) -> Result<Verdict, (FaultKind, String)> {
    let mut options = soon();
    options.http.tls = tls;
    let report = fire_with(&server.url, vec![scenario(READS)], options).await;
    match report {
        Ok(report) => Ok(verdicts(&report, "t/reads")[0]),
        Err(error) => Err((error.kind, error.message)),
    }
}

fn trusting(file: &Path) -> TlsOptions {
    TlsOptions { authorities: Some(file.to_owned()), ..TlsOptions::default() }
}

#[tokio::test]
async fn a_certificate_is_trusted_by_its_authority_alone() {
    let server = secure(false).await;
    assert_eq!(verdict(&server, trusting(&server.authority)).await, Ok(Verdict::Pass));
    let (kind, message) = verdict(&server, TlsOptions::default()).await.unwrap_err();
    assert_eq!(kind, FaultKind::Tls);
    assert!(
        message.starts_with("TLS with localhost failed: invalid peer certificate"),
        "{message}"
    );
}

#[tokio::test]
async fn insecure_takes_any_certificate_and_the_report_says_so() {
    let server = secure(false).await;
    let mut options = soon();
    options.http.tls = TlsOptions { insecure: true, ..TlsOptions::default() };
    let report = fire_with(&server.url, vec![scenario(READS)], options).await.unwrap();
    assert_eq!(verdicts(&report, "t/reads"), [Verdict::Pass]);
    assert!(report.notes.iter().any(|note| note.contains("--insecure")), "{:?}", report.notes);
}

#[tokio::test]
async fn a_client_may_prove_itself_with_a_certificate() {
    let server = secure(true).await;
    let (kind, message) = verdict(&server, trusting(&server.authority)).await.unwrap_err();
    assert_eq!(kind, FaultKind::Tls, "{message}");
    let tls = TlsOptions {
        client: Some((server.authority.clone(), server.key.clone())),
        ..trusting(&server.authority)
    };
    assert_eq!(verdict(&server, tls).await, Ok(Verdict::Pass));
}

#[tokio::test]
async fn files_that_are_no_certificates_are_told_by_name() {
    let server = secure(false).await;
    let (kind, message) = verdict(&server, trusting(&server.key)).await.unwrap_err();
    assert_eq!(kind, FaultKind::Usage);
    assert!(message.contains("key.pem` cannot be used: no certificate is in it"), "{message}");
}

//! Commands at a server with TLS, whose certificate an authority of its own has signed.

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};

use super::run::Folder;
use super::serving::Serving;

/// Writes `ca.pem`, `other.pem`, and a certificate for this machine with its key.
fn certificates(folder: &Folder) {
    let authority = || {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap().pem();
        (certificate, Issuer::new(params, key))
    };
    let (ca, issuer) = authority();
    let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
    let key = KeyPair::generate().unwrap();
    let own = CertificateParams::new(names).unwrap().signed_by(&key, &issuer).unwrap();
    for (name, text) in [
        ("ca.pem", ca),
        ("other.pem", authority().0),
        ("own.pem", own.pem()),
        ("key.pem", key.serialize_pem()),
    ] {
        folder.write(name, text.as_bytes());
    }
}

#[test]
fn tokens_clients_and_tenants_are_changed_over_tls() {
    let folder = Folder::with(&[]);
    certificates(&folder);
    let serving = Serving::start(&folder, &["--tls-cert", "own.pem", "--tls-key", "key.pem"]);
    let run = |command: &str| {
        let place = format!("--server https://{} --token {}", serving.address, serving.token);
        folder.run(&format!("{command} {place}"))
    };
    for (command, shown) in [
        ("token add okta --ca ca.pem", "pvr_"),
        ("token list --ca ca.pem", "okta"),
        ("client add payroll --scope scim:read --ca ca.pem", "client_secret"),
        ("tenant add acme --ca ca.pem", "2"),
    ] {
        let ran = run(command);
        assert_eq!(ran.code(), 0, "{command}: {ran}");
        assert!(ran.out().contains(shown), "{command}: {ran}");
    }
    // Neither this machine nor another authority vouches for it; the token is not sent then.
    for command in ["token list", "token list --ca other.pem"] {
        let ran = run(command);
        assert_eq!(ran.code(), 2, "{command}: {ran}");
        assert!(ran.err().contains("its certificate is not trusted"), "{ran}");
        assert!(ran.err().contains("--ca"), "{ran}");
    }
    let plain = format!("token list --server http://{} --token x", serving.address);
    assert_eq!(folder.run(&plain).code(), 2);
}

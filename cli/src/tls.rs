//! TLS of requests: whom they trust, and why they did not.

use std::error::Error;
use std::fs;
use std::path::Path;

use reqwest::{Certificate, ClientBuilder};

use crate::exit::Failure;

/// Requests that trust the certificates of a file alone, or else those of this machine.
pub fn trusting(client: ClientBuilder, ca: Option<&Path>) -> Result<ClientBuilder, Failure> {
    // Somebody else in this process may have chosen already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let Some(path) = ca else { return Ok(client) };
    let cannot = |why: String| {
        Failure::new(format!("`{}` has no certificates", path.display()))
            .why(why)
            .help("give a file with certificates in PEM, as in `-----BEGIN CERTIFICATE-----`")
    };
    let pem = fs::read(path).map_err(|error| cannot(error.to_string()))?;
    let certificates = Certificate::from_pem_bundle(&pem).unwrap_or_default();
    if certificates.is_empty() {
        return Err(cannot("none can be read in it".to_owned()));
    }
    Ok(client.tls_certs_only(certificates))
}

/// Why the other side is not trusted, if that is why a request failed.
pub fn refusal(error: &reqwest::Error) -> Option<&'static str> {
    Some(match cause(error)? {
        rustls::Error::InvalidCertificate(_) => "its certificate is not trusted",
        _ => "it speaks no TLS that this command understands",
    })
}

/// The failure of TLS among what caused an error. Errors of the system hide what they wrap from
/// `source`.
// Recursion follows the layers of the client, which are few.
fn cause<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a rustls::Error> {
    if let Some(found) = error.downcast_ref() {
        return Some(found);
    }
    match error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref) {
        Some(inner) => cause(inner),
        None => cause(error.source()?),
    }
}

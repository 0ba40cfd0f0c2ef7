//! Names of what holds secrets.

/// Headers.
const HEADERS: &[&str] = &[
    "authorization",
    "proxy-authorization",
    "cookie",
    "set-cookie",
    "x-api-key",
    "api-key",
    "apikey",
    "x-auth-token",
    "x-access-token",
    "x-csrf-token",
];

/// Members of JSON bodies, and parameters of queries and forms.
pub(super) const MEMBERS: &[&str] = &[
    "password",
    "passwd",
    "client_secret",
    "clientSecret",
    "secret",
    "access_token",
    "accessToken",
    "refresh_token",
    "refreshToken",
    "id_token",
    "token",
    "bearer",
    "client_assertion",
    "assertion",
    "api_key",
    "apikey",
    "apiKey",
];

/// Whether a header's value is a secret.
pub(super) fn is_secret_header(name: &str) -> bool {
    HEADERS.iter().any(|one| name.eq_ignore_ascii_case(one))
}

/// Whether a member's value is one.
pub(super) fn is_secret_member(name: &str) -> bool {
    // A path may name the schema too: `urn:…:User:password`.
    let name = name.rsplit(':').next().unwrap_or(name);
    MEMBERS.iter().any(|one| name.eq_ignore_ascii_case(one))
}

/// Whether a place of a difference, such as `/Resources/0/password` or `header Cookie`, holds one.
pub(super) fn is_secret_place(place: &str) -> bool {
    match place.strip_prefix("header ") {
        Some(name) => is_secret_header(name),
        None => place.split('/').any(is_secret_member),
    }
}

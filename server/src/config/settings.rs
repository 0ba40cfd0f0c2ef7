//! Every setting of the server, in one table: flags, environment, the TOML file and the help are
//! made from it, so they agree.

/// A setting. Its key is its name in the file; the flag is `--` and the key; the variable is
/// `PROVISOR_` and the key in capitals with `_` for `-`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setting {
    /// Its key.
    pub key: &'static str,
    /// What stands for the value in help.
    pub value: &'static str,
    /// The default, as it would be written; empty: none.
    pub default: &'static str,
    /// It can be given more than once, as a list in the file, with commas in a variable.
    pub many: bool,
    /// What it is for.
    pub help: &'static str,
}

impl Setting {
    /// The environment variable.
    pub fn variable(&self) -> String {
        format!("PROVISOR_{}", self.key.to_uppercase().replace('-', "_"))
    }
}

/// The setting with a key.
pub fn named(key: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.key == key)
}

const fn one(
    key: &'static str,
    value: &'static str,
    default: &'static str,
    help: &'static str,
) -> Setting {
    Setting { key, value, default, many: false, help }
}

const fn many(key: &'static str, value: &'static str, help: &'static str) -> Setting {
    Setting { key, value, default: "", many: true, help }
}

/// All of them, in the order of the help.
pub const SETTINGS: &[Setting] = &[
    one("listen", "ADDRESS", "127.0.0.1:8080", "Where to listen; port 0 takes a free one"),
    one("database", "FILE", "provisor.db", "The database; it is made if it is not there"),
    many("rules", "FILE", "Rules of the default tenant, or TENANT=FILE; read again on change"),
    many("schema", "TYPE=FILE", "A schema that extends User or Group, such as User=acme.json"),
    one("base-path", "PATH", "/scim/v2", "The path of the SCIM endpoints"),
    one("public-url", "URL", "", "How clients reach the server, without the base path"),
    one("token-file", "FILE", "", "Where the first token is written, instead of the terminal"),
    one("tls-cert", "FILE", "", "The certificate chain in PEM; needs `tls-key`"),
    one("tls-key", "FILE", "", "The key of the certificate in PEM"),
    one("operations-listen", "ADDRESS", "", "Another address for health and metrics, without TLS"),
    one("trust-proxy", "BOOL", "false", "Believe X-Forwarded-For, -Host and -Proto"),
    one(
        "dialect",
        "NAME",
        "lenient",
        "What is accepted: rfc7644, lenient, entra, okta, onelogin, tolerant",
    ),
    one(
        "user-deletion",
        "HOW",
        "hard",
        "What becomes of deleted users: hard (gone), soft (kept, unseen)",
    ),
    one("settle", "TIME", "0s", "How long a person's events are gathered, such as 30s"),
    one("max-body", "BYTES", "4MiB", "Bytes of one request, such as 4MiB"),
    one("max-page", "COUNT", "1000", "Resources of one page"),
    one("max-bulk", "COUNT", "1000", "Operations of one bulk request"),
    one("rate-token", "RATE", "200", "Requests a second of one token; 0 means no limit"),
    one("rate-tenant", "RATE", "1000", "Requests a second of one tenant; 0 means no limit"),
    one(
        "rate-failures",
        "RATE",
        "1",
        "Failed authentications a second of one address; 0: no limit",
    ),
    one("access-age", "TIME", "1h", "How long OAuth access tokens are good"),
    one("jwks", "FILE", "", "Public keys of the issuer of JWTs; read again on change"),
    one("jwt-issuer", "TEXT", "", "The `iss` of JWTs"),
    one("jwt-audience", "TEXT", "", "The `aud` of JWTs"),
    one("jwt-leeway", "TIME", "60s", "By how much clocks may differ"),
    one("jwt-scope-claim", "NAME", "scope", "The claim that has the scopes of a JWT"),
    one("jwt-tenant-claim", "NAME", "", "The claim that tells the tenant of a JWT"),
    many("jwt-tenant", "VALUE=TENANT", "Which value of that claim is which tenant"),
    one("log-format", "FORMAT", "text", "How logs are written: text, json"),
    one("log-level", "LEVEL", "info", "What is logged: error, warn, info, debug, trace"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_unique_and_plain() {
        let mut keys: Vec<_> = SETTINGS.iter().map(|setting| setting.key).collect();
        assert!(keys.iter().all(|key| key.chars().all(|c| c.is_ascii_lowercase() || c == '-')));
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), SETTINGS.len());
    }

    #[test]
    fn help_is_short_and_has_no_stop_at_its_end() {
        for setting in SETTINGS {
            assert!(setting.help.len() <= 80 && !setting.help.ends_with('.'), "{}", setting.key);
        }
    }
}

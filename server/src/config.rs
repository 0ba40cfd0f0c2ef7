//! What the operator chose: flags before environment before a TOML file before defaults.

pub mod settings;
pub mod sources;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use provisor::diagnostic::suggest::{did_you_mean, nearest};

use crate::auth::rate::Rate;
use crate::http::{self, TlsFiles};
use crate::id::Kind;
use crate::service::dialect::Dialect;
use crate::store::Deletion;
use settings::SETTINGS;
use sources::{Problems, Value, Values};

/// A configuration whose values make sense, each by itself and together.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the table in `settings` says what each is")]
pub struct Config {
    pub listen: SocketAddr,
    pub database: PathBuf,
    /// The tenant by name, `None` for the default one, and the root file.
    pub rules: Vec<(Option<String>, PathBuf)>,
    pub schemas: Vec<(Kind, PathBuf)>,
    /// Base path, public URL, trust in a proxy.
    pub http: http::Settings,
    pub token_file: Option<PathBuf>,
    pub tls: Option<TlsFiles>,
    pub operations_listen: Option<SocketAddr>,
    pub dialect: Dialect,
    pub user_deletion: Deletion,
    /// `None`: nothing is gathered.
    pub settle: Option<Duration>,
    pub max_body: usize,
    pub max_page: usize,
    pub max_bulk: usize,
    pub rate_token: Rate,
    pub rate_tenant: Rate,
    pub rate_failures: Rate,
    pub access_age: Duration,
    pub jwt: Option<Jwt>,
    pub log: Log,
}

/// JWTs that are trusted; tenants by name, since the database knows their numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "the table in `settings` says what each is")]
pub struct Jwt {
    pub jwks: PathBuf,
    pub issuer: String,
    pub audience: String,
    pub leeway: Duration,
    pub scope_claim: String,
    pub tenant_claim: Option<String>,
    pub tenants: Vec<(String, String)>,
}

/// How logs are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Log {
    /// As JSON, for programs.
    pub json: bool,
    /// What is logged.
    pub level: tracing::Level,
}

impl Config {
    /// From values by key. Every problem is told, with where the value comes from.
    pub fn of(values: &Values) -> Result<Self, Problems> {
        let reader = &mut Reader { values, problems: Vec::new() };
        let config = reader.config();
        match config {
            Some(config) if reader.problems.is_empty() => Ok(config),
            _ => Err(Problems(std::mem::take(&mut reader.problems))),
        }
    }
}

struct Reader<'a> {
    values: &'a Values,
    problems: Vec<String>,
}

impl Reader<'_> {
    /// `None` only with a problem told.
    fn config(&mut self) -> Option<Config> {
        // Each line reads its value whether or not another is wrong, so that all are told.
        let listen = self.read("listen", address);
        let database = self.path("database");
        let rules = self.each("rules", |text| match text.split_once('=') {
            Some((tenant, file)) => Ok((Some(tenant.to_owned()), PathBuf::from(file))),
            None => Ok((None, PathBuf::from(text))),
        });
        let schemas = self.each("schema", schema);
        let http = self.http();
        let tls = self.tls();
        let operations_listen = self.read("operations-listen", address);
        let dialects: Vec<_> = Dialect::ALL.iter().map(|one| (one.name(), *one)).collect();
        let dialect = self.choice("dialect", &dialects);
        let user_deletion =
            self.choice("user-deletion", &[("hard", Deletion::Remove), ("soft", Deletion::Keep)]);
        let settle = self.read("settle", time);
        let max_body = self.read("max-body", bytes);
        let max_page = self.read("max-page", count);
        let max_bulk = self.read("max-bulk", count);
        let rates = ["rate-token", "rate-tenant", "rate-failures"].map(|key| self.read(key, rate));
        let access_age = self.read("access-age", time);
        let jwt = self.jwt();
        let json = self.choice("log-format", &[("text", false), ("json", true)]);
        let level = self.choice(
            "log-level",
            &[
                ("error", tracing::Level::ERROR),
                ("warn", tracing::Level::WARN),
                ("info", tracing::Level::INFO),
                ("debug", tracing::Level::DEBUG),
                ("trace", tracing::Level::TRACE),
            ],
        );
        let [rate_token, rate_tenant, rate_failures] = rates;
        if access_age.is_some_and(|age| age.is_zero()) {
            self.problems.push("`access-age` must be more than nothing".to_owned());
        }
        Some(Config {
            listen: listen?,
            database: database?,
            rules,
            schemas,
            http: http?,
            token_file: self.path("token-file"),
            tls,
            operations_listen,
            dialect: dialect?,
            user_deletion: user_deletion?,
            settle: settle.filter(|time| !time.is_zero()),
            max_body: max_body?,
            max_page: max_page?,
            max_bulk: max_bulk?,
            rate_token: rate_token?,
            rate_tenant: rate_tenant?,
            // Guessing is never quick, but a mistyped script must not be shut out at once.
            rate_failures: rate_failures
                .map(|rate| Rate { burst: rate.burst.max(20.0), ..rate })?,
            access_age: access_age?,
            jwt,
            log: Log { json: json?, level: level? },
        })
    }

    fn http(&mut self) -> Option<http::Settings> {
        let trust_forwarded = self.choice("trust-proxy", &[("true", true), ("false", false)]);
        let base = self.read("base-path", |text| {
            http::Settings::default().with_base_path(text).map_err(|error| error.to_string())
        })?;
        let mut settings = base.clone();
        if self.text("public-url").is_some() {
            settings = self.read("public-url", |url| {
                base.clone().with_public_url(url).map_err(|error| error.to_string())
            })?;
        }
        settings.trust_forwarded = trust_forwarded?;
        Some(settings)
    }

    fn tls(&mut self) -> Option<TlsFiles> {
        match (self.path("tls-cert"), self.path("tls-key")) {
            (Some(certificate), Some(key)) => Some(TlsFiles { certificate, key }),
            (None, None) => None,
            _ => {
                self.problems.push("`tls-cert` and `tls-key` are given together".to_owned());
                None
            }
        }
    }

    fn jwt(&mut self) -> Option<Jwt> {
        let tenants = self.each("jwt-tenant", |text| match text.rsplit_once('=') {
            Some((value, tenant)) => Ok((value.to_owned(), tenant.to_owned())),
            None => Err("write it as in `acme=default`".to_owned()),
        });
        let tenant_claim = self.text("jwt-tenant-claim");
        let leeway = self.read("jwt-leeway", time)?;
        let Some(jwks) = self.path("jwks") else {
            let given = self.values.keys().filter(|key| key.starts_with("jwt-"));
            let given: Vec<String> = given.map(|key| format!("`{key}` needs `jwks`")).collect();
            self.problems.extend(given);
            return None;
        };
        // Without them a token of the same issuer for another service would do (RFC 8725, 3.9).
        let (Some(issuer), Some(audience)) = (self.text("jwt-issuer"), self.text("jwt-audience"))
        else {
            self.problems.push("`jwks` needs `jwt-issuer` and `jwt-audience`".to_owned());
            return None;
        };
        if tenant_claim.is_some() == tenants.is_empty() {
            let words = "`jwt-tenant-claim` and `jwt-tenant` are given together";
            self.problems.push(words.to_owned());
        }
        let scope_claim = self.text("jwt-scope-claim")?;
        Some(Jwt { jwks, issuer, audience, leeway, scope_claim, tenant_claim, tenants })
    }

    /// The value of a setting, or its default; `None` where there is neither.
    fn text(&self, key: &str) -> Option<String> {
        let given = self.values.get(key).and_then(|value| value.texts.last().cloned());
        let default = || settings::named(key).map(|setting| setting.default.to_owned());
        given.or_else(default).filter(|text| !text.is_empty())
    }

    fn path(&self, key: &str) -> Option<PathBuf> {
        self.text(key).map(PathBuf::from)
    }

    fn read<T>(&mut self, key: &str, parse: impl FnOnce(&str) -> Result<T, String>) -> Option<T> {
        let text = self.text(key)?;
        match parse(&text) {
            Ok(value) => Some(value),
            Err(why) => {
                self.wrong(key, &text, &why);
                None
            }
        }
    }

    fn each<T>(&mut self, key: &str, parse: impl Fn(&str) -> Result<T, String>) -> Vec<T> {
        let texts = self.values.get(key).map(|value| value.texts.clone()).unwrap_or_default();
        let mut all = Vec::new();
        for text in &texts {
            match parse(text) {
                Ok(value) => all.push(value),
                Err(why) => self.wrong(key, text, &why),
            }
        }
        all
    }

    fn choice<T: Copy>(&mut self, key: &str, choices: &[(&str, T)]) -> Option<T> {
        self.read(key, |text| {
            let found = choices.iter().find(|(name, _)| *name == text);
            found.map(|(_, value)| *value).ok_or_else(|| {
                let names = choices.iter().map(|(name, _)| *name);
                nearest(text, names.clone()).map_or_else(
                    || format!("choose one of {}", names.collect::<Vec<_>>().join(", ")),
                    did_you_mean,
                )
            })
        })
    }

    fn wrong(&mut self, key: &str, text: &str, why: &str) {
        let origin = self.values.get(key).map_or("default", |value: &Value| &value.origin);
        self.problems.push(format!("{origin}: `{text}` is no value for `{key}`; {why}"));
    }
}

/// All settings with their defaults, as a TOML file to start from.
pub fn example() -> String {
    let mut text = String::from("# Settings of `provisor serve`. Remove a `#` to change one.\n");
    for setting in SETTINGS {
        let value = match setting.default {
            "" => setting.value,
            default => default,
        };
        let value = if setting.many { format!("[\"{value}\"]") } else { format!("\"{value}\"") };
        text.push_str(&format!("\n# {}\n#{} = {value}\n", setting.help, setting.key));
    }
    text
}

fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| "write an IP address and a port, as in `127.0.0.1:8080`".to_owned())
}

/// Whose resources a schema file extends, and which file: `User=acme.json`.
pub fn schema(text: &str) -> Result<(Kind, PathBuf), String> {
    let (name, file) = text.split_once('=').unwrap_or_default();
    match Kind::ALL.into_iter().find(|kind| kind.name() == name) {
        Some(kind) if !file.is_empty() => Ok((kind, PathBuf::from(file))),
        _ => Err("write `User=FILE` or `Group=FILE`".to_owned()),
    }
}

fn count(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(number) if (1..=1_000_000).contains(&number) => Ok(number),
        _ => Err("write a number from 1 to 1000000".to_owned()),
    }
}

fn rate(text: &str) -> Result<Rate, String> {
    match text.parse::<f64>() {
        Ok(per_second) if (0.0..=1e9).contains(&per_second) => {
            Ok(Rate { per_second, burst: per_second * 2.0 })
        }
        _ => Err("write requests a second, such as 100".to_owned()),
    }
}

/// A number and `s`, `m`, `h` or `d`; at most ten years.
pub fn time(text: &str) -> Result<Duration, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match text.strip_prefix(digits).unwrap_or_default() {
        "s" => Some(1),
        "m" => Some(60),
        "h" => Some(3_600),
        "d" => Some(86_400),
        _ => None,
    };
    let seconds = unit.and_then(|unit| digits.parse::<u64>().ok()?.checked_mul(unit));
    match seconds {
        Some(seconds) if seconds <= 3_650 * 86_400 => Ok(Duration::from_secs(seconds)),
        _ => Err("write a number and s, m, h or d, as in `30s` or `90d`".to_owned()),
    }
}

fn bytes(text: &str) -> Result<usize, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match text.strip_prefix(digits).unwrap_or_default() {
        "" => Some(1),
        "KiB" => Some(1 << 10),
        "MiB" => Some(1 << 20),
        _ => None,
    };
    let bytes = unit.and_then(|unit: usize| digits.parse::<usize>().ok()?.checked_mul(unit));
    match bytes {
        Some(bytes) if (1024..=1 << 30).contains(&bytes) => Ok(bytes),
        _ => Err("write bytes, KiB or MiB from 1KiB to 1024MiB, as in `4MiB`".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(file: &str) -> Result<Config, String> {
        let flags = [("max-page".to_owned(), vec!["7".to_owned()])];
        let variable = |name: &str| (name == "PROVISOR_MAX_BULK").then(|| "8".to_owned());
        sources::gather(&flags, variable, Some(("provisor.toml", file)))
            .and_then(|values| Config::of(&values))
            .map_err(|problems| problems.to_string())
    }

    #[test]
    fn flags_come_before_variables_before_the_file_before_defaults() {
        let config = read("max-page = 1\nmax-bulk = 2\nmax-body = \"2MiB\"\n").unwrap();
        assert_eq!((config.max_page, config.max_bulk, config.max_body), (7, 8, 2 << 20));
        assert_eq!(config.database, PathBuf::from("provisor.db"));
        assert_eq!(config.user_deletion, Deletion::Remove);
    }

    #[test]
    fn every_mistake_in_the_file_is_told_with_its_line() {
        assert_eq!(
            read("\npublic-ulr = \"x\"\n").unwrap_err(),
            "provisor.toml:2: there is no setting `public-ulr`; did you mean `public-url`?"
        );
        assert_eq!(
            read("dialect = \"entar\"\nlisten = 80\ntls-key = \"k\"\n").unwrap_err(),
            "provisor.toml:2: `80` is no value for `listen`; write an IP address and a port, as in \
             `127.0.0.1:8080`\n\
             `tls-cert` and `tls-key` are given together\n\
             provisor.toml:1: `entar` is no value for `dialect`; did you mean `entra`?"
        );
        assert!(read("max-body = [1]\n").unwrap_err().contains("must be a text or number"));
        assert!(read("a = \n").unwrap_err().starts_with("provisor.toml:1: "));
    }

    #[test]
    fn the_example_is_a_file_that_is_accepted() {
        assert!(read(&example()).is_ok());
        let all = example().replace("\n#listen", "\nlisten");
        assert!(read(&all).is_ok());
    }

    #[test]
    fn jwts_need_an_issuer_and_an_audience() {
        let problem = "`jwks` needs `jwt-issuer` and `jwt-audience`";
        assert_eq!(read("jwks = \"k.json\"").unwrap_err(), problem);
        assert_eq!(read("jwt-issuer = \"i\"").unwrap_err(), "`jwt-issuer` needs `jwks`");
        assert!(
            read("jwks = \"k\"\njwt-issuer = \"i\"\njwt-audience = \"a\"").unwrap().jwt.is_some()
        );
    }
}

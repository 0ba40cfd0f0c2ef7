//! The secrets of a run and of one entry, and how text is cleaned of them.

use std::sync::LazyLock;

use regex::{Captures, Regex};
use serde_json::Value;

use super::REDACTED;
use super::names::{MEMBERS, is_secret_member};

/// Shorter ones would be found in words.
const SHORTEST: usize = 6;

/// Texts that must not be shown.
#[derive(Debug, Clone, Default)]
pub(super) struct Secrets {
    /// Each in every spelling in which it may stand somewhere; longest first.
    spellings: Vec<String>,
}

impl Secrets {
    /// Those that the run was given.
    pub(super) fn given(given: &[String]) -> Self {
        let mut secrets = Self::default();
        given.iter().for_each(|secret| secrets.add(secret));
        secrets
    }

    fn add(&mut self, secret: &str) {
        if secret.is_empty() || secret == REDACTED {
            return;
        }
        let quoted = Value::String(secret.to_owned()).to_string();
        let mut spellings = vec![quoted.clone()];
        if secret.chars().count() >= SHORTEST {
            spellings.push(secret.to_owned());
            spellings.push(quoted.trim_matches('"').to_owned());
            spellings.push(percent_encoded(secret));
        }
        for spelling in spellings {
            if !self.spellings.contains(&spelling) {
                self.spellings.push(spelling);
            }
        }
        self.spellings.sort_by_key(|spelling| std::cmp::Reverse(spelling.len()));
    }

    /// Learns what members of a JSON body hold whose names say that it is secret, and what a
    /// PATCH writes to such a path.
    pub(super) fn learn(&mut self, body: &str) {
        if let Ok(value) = serde_json::from_str(body) {
            self.learn_from(&value, false);
        }
    }

    fn learn_from(&mut self, value: &Value, secret: bool) {
        match value {
            Value::String(text) if secret => self.add(text),
            Value::Array(elements) => {
                elements.iter().for_each(|element| self.learn_from(element, secret));
            }
            Value::Object(entries) => {
                let path = |(name, value): (&String, &Value)| {
                    name.eq_ignore_ascii_case("path")
                        && value.as_str().is_some_and(is_secret_member)
                };
                let written = entries.iter().any(path);
                for (name, value) in entries {
                    let named =
                        is_secret_member(name) || (written && name.eq_ignore_ascii_case("value"));
                    self.learn_from(value, secret || named);
                }
            }
            _ => {}
        }
    }

    /// Takes secrets out of a text.
    pub(super) fn clean(&self, text: &mut String) {
        for spelling in &self.spellings {
            if text.contains(spelling.as_str()) {
                let quoted = spelling.starts_with('"') && spelling.len() > 1;
                let stand_in = if quoted { format!("\"{REDACTED}\"") } else { REDACTED.to_owned() };
                *text = text.replace(spelling.as_str(), &stand_in);
            }
        }
        for shape in SHAPES.iter() {
            match shape {
                // A shape that cannot be looked for hides everything; a test shows that all can.
                Err(_) => REDACTED.clone_into(text),
                Ok((regex, keep)) => {
                    if let std::borrow::Cow::Owned(cleaned) = regex.replace_all(text, keep) {
                        *text = cleaned;
                    }
                }
            }
        }
    }

    /// The same for several.
    pub(super) fn clean_all(&self, texts: &mut [String]) {
        texts.iter_mut().for_each(|text| self.clean(text));
    }
}

type Keep = fn(&Captures<'_>) -> String;
type Shape = Result<(Regex, Keep), regex::Error>;

/// How secrets look. Group 1 stays, group 2 goes, group 3 stays.
static SHAPES: LazyLock<Vec<Shape>> = LazyLock::new(|| {
    let names = MEMBERS.join("|");
    let shapes: [(String, Keep); 8] = [
        // "password": "…", also where the JSON is broken off.
        (format!(r#"("(?i-u:{names})"\s*:\s*")((?:[^"\\]|\\.)*)("?)"#), around),
        // The same as text within JSON.
        (format!(r#"(\\"(?i-u:{names})\\"\s*:\s*\\")(.*?)(\\"|$)"#), around),
        // "password": 1234
        (format!(r#"("(?i-u:{names})"\s*:\s*)(-?[0-9][0-9.eE+-]*)()"#), number),
        // ?access_token=…, and forms.
        (format!(r#"((?:^|[?&;])(?i-u:{names}|code)=)([^&#\s"'<>]*)()"#), around),
        // filter=password eq "…"
        (
            r#"((?i-u:password)(?:%20|\+|\s)+(?i-u:eq|ne|co|sw|ew|gt|ge|lt|le)(?:%20|\+|\s)+(?:%22|\\?"))(.*?)(%22|\\?"|$)"#
                .to_owned(),
            around,
        ),
        // https://user:password@host
        (r"(://)([^/?#@\s]*)(@)".to_owned(), around),
        // Authorization: Bearer …
        (r"(\b(?i-u:Bearer|Basic|DPoP)\s+)([A-Za-z0-9._~+/=-]{8,})()".to_owned(), credential),
        // A JWT.
        (r"()(\beyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*)()".to_owned(), around),
    ];
    shapes.into_iter().map(|(shape, keep)| Ok((Regex::new(&shape)?, keep))).collect()
});

fn around(found: &Captures<'_>) -> String {
    format!("{}{REDACTED}{}", group(found, 1), group(found, 3))
}

fn number(found: &Captures<'_>) -> String {
    format!("{}\"{REDACTED}\"", group(found, 1))
}

/// `Bearer authentication` is a phrase; a credential has digits or is long.
fn credential(found: &Captures<'_>) -> String {
    let secret = group(found, 2);
    if secret.len() >= 24 || secret.bytes().any(|byte| byte.is_ascii_digit()) {
        around(found)
    } else {
        group(found, 0).to_owned()
    }
}

fn group<'a>(found: &'a Captures<'_>, number: usize) -> &'a str {
    found.get(number).map_or("", |part| part.as_str())
}

fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cleaned(text: &str) -> String {
        let mut text = text.to_owned();
        Secrets::default().clean(&mut text);
        text
    }

    #[test]
    fn every_shape_can_be_looked_for() {
        assert!(SHAPES.iter().all(Result::is_ok));
    }

    #[test]
    fn secrets_go_by_their_names_and_shapes() {
        for (text, wanted) in [
            (r#"{"password": "a\"b", "x": 1}"#, r#"{"password": "[redacted]", "x": 1}"#),
            (r#"{"Password":"broken of"#, r#"{"Password":"[redacted]"#),
            (r#"{"password":123456}"#, r#"{"password":"[redacted]"}"#),
            (r#"{"s":"{\"password\":\"abc\"}"}"#, r#"{"s":"{\"password\":\"[redacted]\"}"}"#),
            ("/Users?access_token=abc&count=1", "/Users?access_token=[redacted]&count=1"),
            (
                "grant_type=client_credentials&client_secret=s3",
                "grant_type=client_credentials&client_secret=[redacted]",
            ),
            (
                "/Users?filter=password%20eq%20%22abc%22&count=1",
                "/Users?filter=password%20eq%20%22[redacted]%22&count=1",
            ),
            ("https://ann:pw@host/scim", "https://[redacted]@host/scim"),
            ("sent Bearer abc123def456 twice", "sent Bearer [redacted] twice"),
            ("a eyJhbGciOi.eyJzdWIi.c2ln b", "a [redacted] b"),
        ] {
            assert_eq!(cleaned(text), wanted);
            assert_eq!(cleaned(wanted), wanted, "cleaning twice changes nothing");
        }
    }

    #[test]
    fn what_is_no_secret_stays() {
        for text in [
            r#"{"changePassword":{"supported":true},"name":"password"}"#,
            "Bearer realm=\"scim\"",
            "use Bearer authentication",
            "/Users?attributes=userName,password",
            "mail ann@example.com",
            r#"{"nextCursor":"abc"}"#,
        ] {
            assert_eq!(cleaned(text), text);
        }
    }
}

//! A request and its answer as a report keeps them: as text, cut to what people read.

use serde::{Deserialize, Serialize};

/// Bytes of a body that a report keeps.
pub const LONGEST_BODY: usize = 32 * 1024;

/// What was sent and what came.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Exchange {
    /// What was sent.
    pub request: Request,
    /// What came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Answer>,
    /// Why nothing came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<String>,
    /// When the request was sent (RFC 3339), where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started: Option<String>,
    /// Milliseconds from the request's first byte to the answer's last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub millis: Option<f64>,
}

/// What was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// The method.
    pub method: String,
    /// The whole URI, as sent.
    pub url: String,
    /// Headers in order, duplicates too, the credential as well.
    pub headers: Vec<(String, String)>,
    /// The body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Body>,
    /// The name of the shell's variable that stands for the credential in a curl line; none where
    /// the request bears none, or one that is no secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential: Option<String>,
    /// It was received, not sent: who received it is gone, so there is no line that repeats it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub received: bool,
}

/// What came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Headers in order, duplicates too.
    pub headers: Vec<(String, String)>,
    /// The body; none where it has no byte.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Body>,
}

/// A body as far as it is text and not too long.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Body {
    /// The text; U+FFFD stands for what is no UTF-8.
    pub text: String,
    /// Its whole length in bytes.
    pub bytes: u64,
    /// The text ends before the body does.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cut: bool,
    /// Some of its bytes are no UTF-8.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub not_utf8: bool,
}

impl Body {
    /// From its bytes; none where there is no byte. It is whole until secrets are taken out: half
    /// a secret at the end would not be known as one.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        if bytes.is_empty() {
            return None;
        }
        let text = String::from_utf8_lossy(bytes).into_owned();
        let not_utf8 = std::str::from_utf8(bytes).is_err();
        let bytes = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        Some(Self { text, bytes, cut: false, not_utf8 })
    }

    /// Cuts it to [`LONGEST_BODY`].
    pub(super) fn cut(&mut self) {
        self.cut_to(LONGEST_BODY);
    }

    /// Leaves out what is surely cut later, so that nobody looks for secrets in it. What half a
    /// secret is left at this end goes with the rest.
    pub(super) fn cut_roughly(&mut self) {
        self.cut_to(8 * LONGEST_BODY);
    }

    /// Cuts between two characters.
    fn cut_to(&mut self, longest: usize) {
        if self.text.len() > longest {
            let end = (0..=longest).rev().find(|at| self.text.is_char_boundary(*at));
            self.text.truncate(end.unwrap_or(0));
            self.cut = true;
        }
    }

    /// What a reader should know of it besides its text.
    pub fn note(&self) -> Option<String> {
        let cut = format!("{} bytes; only the first are shown", self.bytes);
        match (self.cut, self.not_utf8) {
            (true, true) => Some(format!("{cut}; some are no UTF-8")),
            (true, false) => Some(cut),
            (false, true) => Some("some bytes are no UTF-8".to_owned()),
            (false, false) => None,
        }
    }
}

impl Request {
    /// Its first header of that name.
    pub fn header(&self, name: &str) -> Option<&str> {
        first(&self.headers, name)
    }
}

impl Answer {
    /// Its first header of that name.
    pub fn header(&self, name: &str) -> Option<&str> {
        first(&self.headers, name)
    }
}

fn first<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let same = |(key, _): &&(String, String)| key.eq_ignore_ascii_case(name);
    headers.iter().find(same).map(|(_, value)| value.as_str())
}

/// This moment (RFC 3339), to the millisecond.
pub fn now() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// A moment (RFC 3339), to the millisecond; none where it lies outside the calendar.
pub fn at(moment: std::time::SystemTime) -> Option<String> {
    let at = jiff::Timestamp::try_from(moment).ok()?;
    Some(at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string())
}

/// The date in UTC (RFC 3339 full-date) so many seconds after 1970.
pub fn date(seconds: i64) -> String {
    let at = jiff::Timestamp::from_second(seconds).unwrap_or_default();
    at.strftime("%Y-%m-%d").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_bodies_are_cut_between_characters_and_say_so() {
        let mut body = Body::of(format!("a{}", "é".repeat(600_000)).as_bytes()).unwrap();
        body.cut();
        assert!(body.cut && !body.not_utf8 && !body.text.contains('\u{fffd}'));
        assert_eq!(body.text.len(), LONGEST_BODY - 1);
        assert_eq!(body.note().unwrap(), "1200001 bytes; only the first are shown");
    }

    #[test]
    fn what_is_no_text_is_kept_as_far_as_it_is() {
        let body = Body::of(b"{\"a\":\"\xff\"}").unwrap();
        assert_eq!((body.text.as_str(), body.not_utf8), ("{\"a\":\"\u{fffd}\"}", true));
        assert_eq!(Body::of(b""), None);
    }
}

//! A request as a line for curl, so that anybody can repeat it.

use super::redact::REDACTED;
use super::script::Known;
use super::{Request, visible};

/// Characters of a body that was received.
const LONGEST_BODY: usize = 600;

impl Request {
    /// The line, for a POSIX shell; for bash where the request holds control characters. The
    /// credential is a variable of the shell, such as `$TOKEN`, never its value.
    pub fn curl(&self) -> String {
        self.line("curl -i", &[])
    }

    /// The line with a beginning of its own, and with variables in place of what is known.
    pub(super) fn line(&self, begin: &str, known: &[Known]) -> String {
        if self.received {
            return self.told();
        }
        let word = |text: &str| word(text, known);
        let mut line = String::new();
        if let Some(body) = self.body.as_ref().filter(|body| body.cut) {
            // A command, since an interactive zsh reads no comments.
            line.push_str(&format!(": write the body into body.json, {} bytes; ", body.bytes));
        }
        line.push_str(begin);
        // Brackets are patterns to curl, and it tidies paths up.
        if self.url.contains(['[', ']', '{', '}']) {
            line.push_str(" -g");
        }
        if self.url.contains("/.") {
            line.push_str(" --path-as-is");
        }
        match self.method.as_str() {
            "GET" if self.body.is_none() => {}
            "HEAD" => line.push_str(" --head"),
            method => line.push_str(&format!(" -X {}", quoted(method))),
        }
        for (name, value) in &self.headers {
            match &self.credential {
                Some(variable) if value.contains(REDACTED) => {
                    let value = value.replace(REDACTED, &format!("${variable}"));
                    line.push_str(&format!(" -H \"{name}: {value}\""));
                }
                _ => line.push_str(&format!(" -H {}", quoted(&format!("{name}: {value}")))),
            }
        }
        // What curl would send by itself.
        let mut own = vec![("accept", "Accept:")];
        if self.body.is_some() {
            own.push(("content-type", "Content-Type:"));
        }
        for (name, nothing) in own {
            if self.header(name).is_none() {
                line.push_str(&format!(" -H '{nothing}'"));
            }
        }
        match &self.body {
            Some(body) if body.cut => line.push_str(" --data-binary @body.json"),
            Some(body) => line.push_str(&format!(" --data-raw {}", word(&body.text))),
            None => {}
        }
        format!("{line} {}", word(&self.url))
    }

    /// A request that was received: method, path and body.
    fn told(&self) -> String {
        let below = self.url.splitn(4, '/').nth(3).unwrap_or_default();
        let mut line = format!("{} /{}", visible::line(&self.method), visible::line(below));
        if let Some(body) = &self.body {
            let text = visible::line(&body.text);
            let shown: String = text.chars().take(LONGEST_BODY).collect();
            let dots = if shown.len() < text.len() { "…" } else { "" };
            line.push_str(&format!("  {shown}{dots}"));
        }
        line
    }
}

/// As one word of a shell, in which variables stand for what is known.
fn word(text: &str, known: &[Known]) -> String {
    // Characters that nobody uses keep the places while the rest is quoted.
    let place = |number: usize| {
        u32::try_from(number).ok().and_then(|number| char::from_u32(0x0010_f000 + number))
    };
    let places = known.iter().enumerate().filter_map(|(number, one)| Some((place(number)?, one)));
    let places: Vec<(char, &Known)> = places.collect();
    let mut marked = text.to_owned();
    for (place, one) in &places {
        marked = one.replaced(&marked, &place.to_string());
    }
    let mut word = quoted(&marked);
    let (close, open) = if word.starts_with("$'") { ("'", "$'") } else { ("'", "'") };
    for (place, one) in places {
        word = word.replace(place, &format!("{close}\"${}\"{open}", one.variable()));
    }
    // Nothing stands behind the last variable.
    word.strip_suffix("\"''").map(|begin| format!("{begin}\"")).unwrap_or(word)
}

/// As one word of a shell: as it is where that is safe, in single quotes, or in bash's `$'…'`
/// where characters would not survive a terminal.
pub(super) fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._/:@%+=,".contains(c);
    // To zsh a word that begins with `=` is the path of a command.
    if !text.is_empty() && !text.starts_with('=') && text.chars().all(plain) {
        return text.to_owned();
    }
    if !text.chars().any(is_odd) {
        return format!("'{}'", text.replace('\'', "'\\''"));
    }
    let mut word = String::from("$'");
    for c in text.chars() {
        match c {
            '\n' => word.push_str("\\n"),
            '\t' => word.push_str("\\t"),
            '\r' => word.push_str("\\r"),
            '\'' | '\\' => word.extend(['\\', c]),
            // Byte by byte, which means the same in every locale.
            c if is_odd(c) => {
                for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                    word.push_str(&format!("\\x{byte:02x}"));
                }
            }
            c => word.push(c),
        }
    }
    word.push('\'');
    word
}

fn is_odd(c: char) -> bool {
    super::visible::picture(c).is_some() || c == '\n' || c == '\t'
}

#[cfg(test)]
mod tests {
    use crate::report::{Body, Request};

    fn request(method: &str, url: &str) -> Request {
        Request {
            method: method.to_owned(),
            url: url.to_owned(),
            headers: vec![("accept".to_owned(), "application/scim+json".to_owned())],
            body: None,
            credential: None,
            received: false,
        }
    }

    #[test]
    fn the_credential_is_a_variable_whatever_its_header() {
        let mut get = request("GET", "http://h/Users");
        get.credential = Some("TOKEN".to_owned());
        get.headers.push(("authorization".to_owned(), "Bearer [redacted]".to_owned()));
        get.headers.push(("x-api-key".to_owned(), "[redacted]".to_owned()));
        assert_eq!(
            get.curl(),
            "curl -i -H 'accept: application/scim+json' -H \"authorization: Bearer $TOKEN\" \
             -H \"x-api-key: $TOKEN\" http://h/Users"
        );
    }

    #[test]
    fn what_a_shell_or_curl_would_change_is_quoted() {
        let mut post = request("POST", "http://h/a/../Users?filter=a%20eq%20'b'&x={1}");
        post.body = Body::of(b"@it's");
        assert_eq!(
            post.curl(),
            "curl -i -g --path-as-is -X POST -H 'accept: application/scim+json' \
             -H 'Content-Type:' --data-raw '@it'\\''s' \
             'http://h/a/../Users?filter=a%20eq%20'\\''b'\\''&x={1}'"
        );
        post.body = Body::of("a\u{1b}[2J'\\\n\u{202e}".as_bytes());
        assert!(
            post.curl().contains(r"--data-raw $'a\x1b[2J\'\\\n\xe2\x80\xae' "),
            "{}",
            post.curl()
        );
    }

    #[test]
    fn what_was_received_is_no_line_for_curl() {
        let mut post = request("POST", "http://127.0.0.1:1/scim/v2/Users?a=b");
        (post.received, post.body) = (true, Body::of(b"{\"a\":\n1}"));
        assert_eq!(post.curl(), "POST /scim/v2/Users?a=b  {\"a\":␊1}");
        post.body = Body::of(&[b'x'; 700]);
        assert!(post.curl().ends_with("x…"), "{}", post.curl());
    }

    #[test]
    fn a_body_that_is_cut_is_no_body() {
        let mut put = request("PUT", "http://h/Users/1");
        put.body = Body::of(&[b'x'; 100_000]);
        put.body.as_mut().unwrap().cut();
        let line = put.curl();
        let begin = ": write the body into body.json, 100000 bytes; curl -i -X PUT ";
        assert!(line.starts_with(begin) && line.contains(" --data-binary @body.json "), "{line}");
    }
}

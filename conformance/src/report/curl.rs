//! A request as a line for curl, so that anybody can repeat it.

use super::Request;
use super::redact::REDACTED;

impl Request {
    /// The line, for a POSIX shell; for bash where the request holds control characters. The
    /// credential is a variable of the shell, such as `$TOKEN`, never its value.
    pub fn curl(&self) -> String {
        let mut line = String::from("curl -i");
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
        let mut remark = String::new();
        match &self.body {
            Some(body) if body.cut => {
                line.push_str(" --data-binary @body.json");
                remark = format!("  # write the body into body.json: {} bytes", body.bytes);
            }
            Some(body) => line.push_str(&format!(" --data-raw {}", quoted(&body.text))),
            None => {}
        }
        format!("{line} {}{remark}", quoted(&self.url))
    }
}

/// As one word of a shell: as it is where that is safe, in single quotes, or in bash's `$'…'`
/// where characters would not survive a terminal.
fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._/:@%+=,".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
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
    fn a_body_that_is_cut_is_no_body() {
        let mut put = request("PUT", "http://h/Users/1");
        put.body = Body::of(&[b'x'; 100_000]);
        put.body.as_mut().unwrap().cut();
        assert!(
            put.curl().ends_with("http://h/Users/1  # write the body into body.json: 100000 bytes")
        );
    }
}

//! A request as a line for curl, so that anybody can repeat it.

use super::Request;

impl Request {
    /// The line. The token is the shell's variable `$TOKEN`, never its value.
    pub fn curl(&self, url: &str, with_token: bool) -> String {
        let mut line = format!("curl -i -X {}", self.method);
        if with_token {
            line.push_str(" -H \"Authorization: Bearer $TOKEN\"");
        }
        for (name, value) in &self.headers {
            line.push_str(&format!(" -H {}", quoted(&format!("{name}: {value}"))));
        }
        if let Some(body) = &self.body {
            line.push_str(&format!(" --data-binary {}", quoted(body)));
        }
        let url = url.trim_end_matches('/');
        line.push(' ');
        line.push_str(&quoted(&format!("{url}{}", self.target)));
        line
    }
}

/// In single quotes, as every shell reads them.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

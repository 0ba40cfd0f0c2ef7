//! A request as a line for curl, so that anybody can repeat it.

use super::Request;

impl Request {
    /// The line. The credential is a variable of the shell, such as `$TOKEN`, never its value.
    pub fn curl(&self) -> String {
        let mut line = format!("curl -i -X {}", self.method);
        for (name, value) in &self.headers {
            let secret = name.eq_ignore_ascii_case("authorization");
            match &self.credential {
                Some(variable) if secret => {
                    line.push_str(&format!(" -H \"Authorization: Bearer ${variable}\""));
                }
                _ => line.push_str(&format!(" -H {}", quoted(&format!("{name}: {value}")))),
            }
        }
        if let Some(body) = &self.body {
            line.push_str(&format!(" --data-binary {}", quoted(&body.text)));
        }
        line.push(' ');
        line.push_str(&quoted(&self.url));
        line
    }
}

/// In single quotes, as every shell reads them.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

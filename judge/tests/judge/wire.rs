//! Requests as bytes, so that a test can send what no library would.

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

/// Sends bytes on a new connection and reads until the other side ends it.
pub(crate) async fn send(base_url: &str, text: &str) -> String {
    let host = base_url.split('/').nth(2).unwrap();
    let mut stream = TcpStream::connect(host).await.unwrap();
    stream.write_all(text.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    // A connection that is dropped on purpose may end with a reset.
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

/// A request that ends its connection.
pub(crate) fn request(method: &str, target: &str, token: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "{method} {target} HTTP/1.1\r\nHost: judge\r\nConnection: close\r\n\
         Authorization: Bearer {token}\r\nUser-Agent: test/1\r\nAccept: application/scim+json\r\n\
         Content-Type: application/scim+json\r\nContent-Length: {length}\r\n\r\n{body}"
    )
}

/// The status of an answer; 0 where there was none.
pub(crate) fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).and_then(|text| text.parse().ok()).unwrap_or(0)
}

/// A connection that is kept.
pub(crate) struct Line(BufReader<TcpStream>);

impl Line {
    pub(crate) async fn to(base_url: &str) -> Self {
        let host = base_url.split('/').nth(2).unwrap();
        Self(BufReader::new(TcpStream::connect(host).await.unwrap()))
    }

    /// Sends a request, whatever it says of its connection, and gives the status of its answer.
    pub(crate) async fn ask(&mut self, request: &str) -> u16 {
        let kept = request.replace("Connection: close\r\n", "");
        self.0.write_all(kept.as_bytes()).await.unwrap();
        let (mut head, mut length) = (String::new(), 0);
        loop {
            let mut line = String::new();
            self.0.read_line(&mut line).await.unwrap();
            if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            if line == "\r\n" {
                break;
            }
            head.push_str(&line);
        }
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).await.unwrap();
        status(&head)
    }
}

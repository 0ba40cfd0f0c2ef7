//! HTTP as bytes: a client library would mend what the clients of the flows do not.

use std::fmt;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// How long a response may take.
const PATIENCE: Duration = Duration::from_secs(20);

pub(super) struct Request {
    pub(super) method: String,
    pub(super) target: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Option<String>,
}

pub(super) struct Response {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Request {
    /// As it is sent, but for `Host` and `Connection`.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut text = format!("{} {} HTTP/1.1\r\n", self.method, self.target);
        for (name, value) in &self.headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        let body = self.body.as_deref().unwrap_or_default();
        if self.body.is_some() {
            text.push_str(&format!("Content-Length: {}\r\n", body.len()));
        }
        text.push_str("\r\n");
        text.push_str(body);
        text.into_bytes()
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        header(&self.headers, name)
    }
}

impl Response {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        header(&self.headers, name)
    }
}

fn header<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(one, _)| one.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

/// Sends a request on a connection of its own and reads the response to its end.
pub(super) fn send(server: SocketAddr, request: &Request) -> Result<Response, String> {
    let mut stream = TcpStream::connect(server).map_err(|error| error.to_string())?;
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.set_nodelay(true).unwrap();
    let bytes = request.bytes();
    let line = bytes.iter().position(|&byte| byte == b'\n').unwrap() + 1;
    let mut sent = bytes[..line].to_vec();
    sent.extend_from_slice(format!("Host: {server}\r\nConnection: close\r\n").as_bytes());
    sent.extend_from_slice(&bytes[line..]);
    stream.write_all(&sent).map_err(|error| error.to_string())?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).map_err(|error| error.to_string())?;
    parse(&answer)
}

fn parse(answer: &[u8]) -> Result<Response, String> {
    let end = answer.windows(4).position(|part| part == b"\r\n\r\n").ok_or("no head")?;
    let head = std::str::from_utf8(&answer[..end]).map_err(|error| error.to_string())?;
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).ok_or("no status line")?;
    let status = status.parse().map_err(|_| "no status")?;
    let mut headers = Vec::new();
    for line in lines {
        let (name, value) = line.split_once(':').ok_or("no header")?;
        headers.push((name.to_owned(), value.trim().to_owned()));
    }
    let rest = &answer[end + 4..];
    let chunked = header(&headers, "transfer-encoding").is_some_and(|value| value == "chunked");
    let body = if chunked { dechunked(rest)? } else { rest.to_vec() };
    if let Some(length) = header(&headers, "content-length") {
        // 304 and answers to HEAD say the length of what they do not send.
        if status != 304 && length.parse() != Ok(body.len()) {
            return Err(format!("Content-Length is {length}, and {} bytes came", body.len()));
        }
    }
    Ok(Response { status, headers, body })
}

fn dechunked(mut rest: &[u8]) -> Result<Vec<u8>, String> {
    let mut body = Vec::new();
    loop {
        let end = rest.windows(2).position(|part| part == b"\r\n").ok_or("a chunk has no size")?;
        let size = std::str::from_utf8(&rest[..end]).map_err(|error| error.to_string())?;
        let size = usize::from_str_radix(size, 16).map_err(|error| error.to_string())?;
        let data = rest.get(end + 2..end + 2 + size).ok_or("a chunk is cut off")?;
        if size == 0 {
            return Ok(body);
        }
        body.extend_from_slice(data);
        rest = rest.get(end + 4 + size..).ok_or("a chunk has no end")?;
    }
}

impl fmt::Display for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "=> {}", self.status)?;
        for (name, value) in &self.headers {
            write!(f, "\n{name}: {value}")?;
        }
        write!(f, "\n\n{}", String::from_utf8_lossy(&self.body))
    }
}

#[test]
fn responses_are_read() {
    let plain = parse(b"HTTP/1.1 204 No Content\r\nETag: W/\"1\"\r\n\r\n").unwrap();
    assert_eq!((plain.status, plain.header("etag")), (204, Some("W/\"1\"")));
    let chunks =
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n";
    assert_eq!(parse(chunks).unwrap().body, b"abc");
    assert!(parse(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab").is_err());
}

//! Heads of requests as they came on a connection: a header map keeps neither the order of
//! different names nor their spelling.

use std::collections::VecDeque;

/// Bytes of a head at most; hyper refuses longer ones.
const HEAD: usize = 512 << 10;
/// Headers of a head at most.
const HEADERS: usize = 256;

/// The head of a request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
}

/// Follows the bytes of one HTTP/1.1 connection and keeps the heads.
#[derive(Debug)]
pub(crate) struct Heads {
    state: State,
    heads: VecDeque<Head>,
}

#[derive(Debug)]
enum State {
    /// In a head, with what there is of it.
    Head(Vec<u8>),
    /// In a body, with the bytes that are left.
    Body(u64),
    /// In the line before a chunk.
    Size(Vec<u8>),
    /// In a chunk and the line end behind it.
    Chunk(u64),
    /// In what follows the last chunk.
    Trailer(Vec<u8>),
    /// This is no HTTP.
    Lost,
}

impl Default for Heads {
    fn default() -> Self {
        Self { state: State::Head(Vec::new()), heads: VecDeque::new() }
    }
}

impl Heads {
    /// The oldest head that was not taken.
    pub(crate) fn take(&mut self) -> Option<Head> {
        self.heads.pop_front()
    }

    /// Whether something came that is no HTTP.
    pub(crate) fn is_lost(&self) -> bool {
        matches!(self.state, State::Lost)
    }

    /// Bytes that came.
    pub(crate) fn feed(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            bytes = self.step(bytes);
        }
    }

    /// Takes some bytes and gives the rest.
    fn step<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        match &mut self.state {
            State::Lost => &[],
            State::Body(left) | State::Chunk(left) => {
                let taken = usize::try_from(*left).unwrap_or(usize::MAX).min(bytes.len());
                *left -= taken as u64;
                if *left == 0 {
                    let chunked = matches!(self.state, State::Chunk(_));
                    let (head, size) = (State::Head(Vec::new()), State::Size(Vec::new()));
                    self.state = if chunked { size } else { head };
                }
                bytes.get(taken..).unwrap_or_default()
            }
            State::Head(line) | State::Size(line) | State::Trailer(line) => {
                let end = bytes.iter().position(|byte| *byte == b'\n');
                let taken = end.map_or(bytes.len(), |end| end + 1);
                line.extend_from_slice(bytes.get(..taken).unwrap_or_default());
                if line.len() > HEAD {
                    self.state = State::Lost;
                    return &[];
                }
                if end.is_some() {
                    self.line_ended();
                }
                bytes.get(taken..).unwrap_or_default()
            }
        }
    }

    fn line_ended(&mut self) {
        let next = match &mut self.state {
            // Blank lines before a request are left out (RFC 9112, 2.2).
            State::Head(head) if head.as_slice() == b"\r\n" || head.as_slice() == b"\n" => {
                State::Head(Vec::new())
            }
            State::Head(head) if ends(head) => match read(head) {
                Some((head, framing)) => {
                    self.heads.push_back(head);
                    framing
                }
                None => State::Lost,
            },
            State::Size(line) => {
                let text = String::from_utf8_lossy(line).into_owned();
                let digits = text.split(';').next().unwrap_or_default().trim();
                match u64::from_str_radix(digits, 16) {
                    Ok(0) => State::Trailer(Vec::new()),
                    // The line end behind the chunk too.
                    Ok(size) => State::Chunk(size.saturating_add(2)),
                    Err(_) => State::Lost,
                }
            }
            State::Trailer(lines) if lines.as_slice() == b"\r\n" || ends(lines) => {
                State::Head(Vec::new())
            }
            _ => return,
        };
        self.state = next;
    }
}

fn ends(bytes: &[u8]) -> bool {
    bytes.ends_with(b"\r\n\r\n") || bytes.ends_with(b"\n\n")
}

/// The head, and what follows it.
fn read(bytes: &[u8]) -> Option<(Head, State)> {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS];
    let mut parsed = httparse::Request::new(&mut headers);
    parsed.parse(bytes).ok().filter(httparse::Status::is_complete)?;
    let headers: Vec<(String, String)> = parsed
        .headers
        .iter()
        .map(|one| (one.name.to_owned(), String::from_utf8_lossy(one.value).into_owned()))
        .collect();
    let named = |name: &str| {
        let found = headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.trim())
    };
    let framing = match (named("transfer-encoding"), named("content-length")) {
        (Some(_), _) => State::Size(Vec::new()),
        (None, Some(length)) => match length.parse() {
            Ok(0) => State::Head(Vec::new()),
            Ok(length) => State::Body(length),
            Err(_) => State::Lost,
        },
        (None, None) => State::Head(Vec::new()),
    };
    let method = parsed.method?.to_owned();
    let target = parsed.path?.to_owned();
    Some((Head { method, target, headers }, framing))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: &[u8] = b"POST /scim/v2/Users?x=1& HTTP/1.1\r\nhost: a\r\nACCEPT: one\r\n\
        accept: two\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nGET /\r\n3;x=y\r\n\r\n\r\r\n0\r\n\
        X: y\r\n\r\nGET /next HTTP/1.1\r\nHost: a\r\n\r\n";

    fn heads(parts: &[&[u8]]) -> Vec<Head> {
        let mut heads = Heads::default();
        parts.iter().for_each(|part| heads.feed(part));
        std::iter::from_fn(|| heads.take()).collect()
    }

    #[test]
    fn order_spelling_and_duplicates_are_kept() {
        let heads = heads(&[TWO]);
        let names: Vec<&str> = heads[0].headers.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["host", "ACCEPT", "accept", "Transfer-Encoding"]);
        assert_eq!(heads[0].target, "/scim/v2/Users?x=1&");
        assert_eq!(heads[1].target, "/next");
        assert_eq!(heads.len(), 2);
    }

    #[test]
    fn it_does_not_matter_how_the_bytes_come_in() {
        let bytes: Vec<&[u8]> = TWO.chunks(1).collect();
        assert_eq!(heads(&bytes), heads(&[TWO]));
    }

    #[test]
    fn a_body_of_a_length_is_skipped() {
        let text = b"PUT /a HTTP/1.1\r\nContent-Length: 19\r\n\r\nGET /b HTTP/1.1\r\n\r\nGET /c HTTP/1.1\r\n\r\n";
        let targets: Vec<String> = heads(&[text]).into_iter().map(|head| head.target).collect();
        assert_eq!(targets, ["/a", "/c"]);
    }

    #[test]
    fn what_is_no_http_is_noticed() {
        let mut heads = Heads::default();
        heads.feed(b"\x16\x03\x01\x02\x00\n\n");
        assert!(heads.take().is_none() && heads.is_lost());
    }
}

//! A server that writes bytes, HTTP or not. What it is not told otherwise it answers with `{}`.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What it does with a request.
#[derive(Debug, Clone, Copy)]
pub(super) enum Does {
    /// Answers `{}`.
    Behaves,
    /// The same, and leaves the connection open until the next request comes.
    Tires,
    /// Writes these bytes and closes.
    Writes(&'static str),
    /// Writes the first bytes, and then the second ones for ever.
    WritesForEver(&'static str, &'static str),
    /// Nothing, for ever.
    Hangs,
    /// Closes the connection.
    Closes,
}

pub(super) struct Raw {
    pub(super) url: String,
    /// Connections that came.
    pub(super) connections: Arc<AtomicUsize>,
    accepting: tokio::task::JoinHandle<()>,
}

impl Raw {
    /// `does` sees the first line of each request.
    pub(super) async fn start(does: impl Fn(&str) -> Does + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/scim", listener.local_addr().unwrap());
        let (does, connections) = (Arc::new(does), Arc::new(AtomicUsize::new(0)));
        let counting = Arc::clone(&connections);
        let accepting = tokio::spawn(async move {
            let mut all = tokio::task::JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                counting.fetch_add(1, Ordering::SeqCst);
                let does = Arc::clone(&does);
                all.spawn(async move { one(stream, &*does).await });
            }
        });
        Self { url, connections, accepting }
    }

    /// One that does this to whoever reads `/Users/1`, and behaves otherwise.
    pub(super) async fn at_one_place(does: Does) -> Self {
        Self::start(move |line| if line.contains("/Users/1") { does } else { Does::Behaves }).await
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// One request a connection.
async fn one(mut stream: TcpStream, does: &(dyn Fn(&str) -> Does + Send + Sync)) {
    let mut head = Vec::new();
    while !head.windows(4).any(|four| four == b"\r\n\r\n") {
        let mut more = [0; 4096];
        match stream.read(&mut more).await {
            Ok(0) | Err(_) => return,
            Ok(read) => head.extend_from_slice(&more[..read]),
        }
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    match does(head.lines().next().unwrap_or_default()) {
        Does::Behaves => {
            let answer = "HTTP/1.1 200 OK\r\ncontent-type: application/scim+json\r\n\
                          content-length: 2\r\nconnection: close\r\n\r\n{}";
            let _ = stream.write_all(answer.as_bytes()).await;
        }
        Does::Tires => {
            let answer = "HTTP/1.1 200 OK\r\ncontent-type: application/scim+json\r\n\
                          content-length: 2\r\n\r\n{}";
            let _ = stream.write_all(answer.as_bytes()).await;
            let _ = stream.read(&mut [0; 4096]).await;
        }
        Does::Writes(bytes) => {
            let _ = stream.write_all(bytes.as_bytes()).await;
        }
        Does::WritesForEver(first, again) => {
            let _ = stream.write_all(first.as_bytes()).await;
            while stream.write_all(again.as_bytes()).await.is_ok() {}
        }
        Does::Hangs => std::future::pending().await,
        Does::Closes => {}
    }
}

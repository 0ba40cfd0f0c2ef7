//! Makes an endpoint as slow as a far one: `delay 127.0.0.1:9000 127.0.0.1:8080 100` listens at
//! the first address and passes everything on to the second, each request 100 ms late.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let (Some(here), Some(there), Some(late)) =
        (arguments.next(), arguments.next(), arguments.next())
    else {
        return Err(std::io::Error::other("usage: delay LISTEN TARGET MILLISECONDS"));
    };
    let late = Duration::from_millis(late.parse().map_err(std::io::Error::other)?);
    let listener = TcpListener::bind(here).await?;
    loop {
        let (client, _) = listener.accept().await?;
        tokio::spawn(pass(client, there.clone(), late));
    }
}

/// Both directions of a connection; what the client sends comes late.
async fn pass(client: TcpStream, there: String, late: Duration) -> std::io::Result<()> {
    let server = TcpStream::connect(there).await?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let (mut from, mut to_client) = client.into_split();
    let (mut answers, mut to_server) = server.into_split();
    let back = tokio::spawn(async move { tokio::io::copy(&mut answers, &mut to_client).await });
    let mut bytes = vec![0; 64 * 1024];
    loop {
        let read = from.read(&mut bytes).await?;
        if read == 0 {
            back.abort();
            return Ok(());
        }
        tokio::time::sleep(late).await;
        to_server.write_all(bytes.get(..read).unwrap_or_default()).await?;
    }
}

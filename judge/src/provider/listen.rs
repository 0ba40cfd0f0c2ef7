//! Connections: each is tapped, so that heads are known as they came.

use std::net::SocketAddr;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::answer::{self, Came};
use super::tls::Tls;
use super::{Core, StartError, loopback};
use crate::record::{Heads, Tapped};

/// How long a TLS handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// Which host of ours a listener is.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) elsewhere: bool,
    pub(super) tls: Option<Arc<Tls>>,
}

pub(super) async fn bind(port: u16) -> Result<(TcpListener, SocketAddr), StartError> {
    let refused = |why: std::io::Error| {
        StartError(format!("the judge cannot listen on {}: {why}", loopback(port)))
    };
    let listener = TcpListener::bind(loopback(port)).await.map_err(refused)?;
    let address = listener.local_addr().map_err(refused)?;
    Ok((listener, address))
}

pub(super) async fn run(
    listener: TcpListener,
    core: Arc<Core>,
    place: Place,
    cutting: watch::Receiver<u64>,
) {
    let mut connections = JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        // Small answers must not wait for one another.
        let _ = stream.set_nodelay(true);
        let (core, place, mut cutting) = (Arc::clone(&core), place.clone(), cutting.clone());
        cutting.mark_unchanged();
        core.open.fetch_add(1, Ordering::SeqCst);
        let open = Open(Arc::clone(&core));
        connections.spawn(async move {
            let _open = open;
            let number = core.recorder.connection();
            let came =
                Came { connection: number, elsewhere: place.elsewhere, tls: place.tls.is_some() };
            let serving = async {
                match &place.tls {
                    None => serve(stream, came, core).await,
                    Some(tls) => {
                        let accepting =
                            tokio::time::timeout(HANDSHAKE, tls.acceptor().accept(stream));
                        // A source that does not trust the certificate ends it here.
                        if let Ok(Ok(stream)) = accepting.await {
                            serve(stream, came, core).await;
                        }
                    }
                }
            };
            tokio::select! {
                () = serving => {}
                _ = cutting.changed() => {}
            }
        });
    }
}

/// An open connection.
struct Open(Arc<Core>);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::SeqCst);
    }
}

async fn serve<S>(stream: S, came: Came, core: Arc<Core>)
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let heads = Arc::new(Mutex::new(Heads::default()));
    let tapped = TokioIo::new(Tapped::new(stream, Arc::clone(&heads)));
    let recorder = Arc::clone(&core);
    let service = service_fn(|request: Request<Incoming>| {
        let head = heads.lock().unwrap_or_else(PoisonError::into_inner).take();
        answer::answer(request, head.unwrap_or_default(), came, Arc::clone(&core))
    });
    // How a connection ends is no matter; what came on it is recorded.
    let ended = http1::Builder::new().half_close(true).serve_connection(tapped, service).await;
    let lost = heads.lock().unwrap_or_else(PoisonError::into_inner).is_lost();
    if lost || ended.is_err_and(|error| error.is_parse()) {
        recorder.recorder.broken();
    }
}

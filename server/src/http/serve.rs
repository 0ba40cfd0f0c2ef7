//! The listener: connections in, an end in good order.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::{JoinHandle, JoinSet};
use tower::ServiceExt;

use crate::http::health::Health;
use crate::http::stall::Stalling;
use crate::http::stopping::Stopping;
use crate::http::tls::{Tls, TlsFiles};
use crate::http::{AppState, Peer, app, telemetry};
use crate::limits;

/// Where and how the server listens.
#[derive(Debug, Clone)]
pub struct Listen {
    /// The address; port 0 takes a free one.
    pub address: SocketAddr,
    /// TLS, if connections are to have it.
    pub tls: Option<TlsFiles>,
    /// Another address for `/healthz`, `/readyz` and `/metrics`, without TLS and credentials.
    /// Without it they are at the main address, and metrics need the scope `admin` there.
    pub operations: Option<SocketAddr>,
    /// Connections at the same time.
    pub connections: usize,
    /// Requests that are answered at the same time.
    pub requests: usize,
    /// How long the head of a request may take, TLS included, and how long a connection may wait
    /// for its next request.
    pub head_time: Duration,
    /// How long a client may leave a response unread.
    pub stall_time: Duration,
    /// How long after [`Running::shutdown`] what is half sent may still come to its end.
    pub stop_time: Duration,
    /// How long requests under way may go on after [`Running::shutdown`].
    pub grace_time: Duration,
}

/// A server that runs. Dropping it stops it at once; [`Running::shutdown`] lets it finish.
#[derive(Debug)]
pub struct Running {
    address: SocketAddr,
    operations: Option<SocketAddr>,
    tls: Option<Arc<Tls>>,
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
    upkeep: Option<JoinHandle<()>>,
}

/// Addresses and certificate of a server that does not answer yet: nothing of its start can fail
/// any more.
#[derive(Debug)]
pub struct Bound {
    listen: Listen,
    tls: Option<Arc<Tls>>,
    listener: (TcpListener, SocketAddr),
    operations: Option<(TcpListener, SocketAddr)>,
}

/// Why a server does not start.
#[derive(Debug)]
pub struct StartError(String);

impl Bound {
    /// Takes the addresses and reads the certificate. Who connects already waits.
    ///
    /// Fails with the address that is taken or the file that cannot be used.
    pub async fn new(listen: Listen) -> Result<Self, StartError> {
        let tls = match listen.tls.clone() {
            Some(files) => Some(Arc::new(Tls::read(files).map_err(StartError)?)),
            None => None,
        };
        let listener = bind(listen.address).await?;
        let operations = match listen.operations {
            Some(wanted) => Some(bind(wanted).await?),
            None => None,
        };
        Ok(Self { listen, tls, listener, operations })
    }
}

impl Running {
    /// Starts: the SCIM endpoints, and `more` routes such as the admin API and the token
    /// endpoint. When it returns, connections are accepted.
    ///
    /// Fails as [`Bound::new`] does.
    pub async fn start(listen: Listen, state: AppState, more: Router) -> Result<Self, StartError> {
        Ok(Self::serve(Bound::new(listen).await?, state, more))
    }

    /// The same where the addresses are taken already.
    pub fn serve(bound: Bound, state: AppState, more: Router) -> Self {
        let Bound { listen, tls, listener: (listener, address), operations: other } = bound;
        let (stop, stopping) = watch::channel(false);
        let metrics = telemetry::prometheus();
        let upkeep = metrics.clone().map(|handle| {
            tokio::spawn(async move {
                // What nobody fetches would pile up.
                loop {
                    tokio::time::sleep(Duration::from_secs(5)).await;
                    handle.run_upkeep();
                }
            })
        });
        let health = Health::new(
            state.service.clone(),
            Arc::clone(&state.authenticate),
            metrics,
            stopping.clone(),
        );
        let mut tasks = JoinSet::new();
        let mut operations = None;
        if let Some((listener, address)) = other {
            operations = Some(address);
            let routes = health.clone().routes(true);
            let accepting = Accepting::new(&listen, None, routes, stopping.clone());
            tasks.spawn(accepting.run(listener));
        }
        let routes = app::app(state, more, health.routes(false), listen.requests);
        let accepting = Accepting::new(&listen, tls.clone(), routes, stopping);
        tasks.spawn(accepting.run(listener));
        tracing::info!(%address, tls = tls.is_some(), "listening");
        Self { address, operations, tls, stop, tasks, upkeep }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where health and metrics are, if that is elsewhere.
    pub fn operations(&self) -> Option<SocketAddr> {
        self.operations
    }

    /// Its URL by address.
    pub fn url(&self) -> String {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", self.address)
    }

    /// Reads certificate and key again; new connections have them. Fails with what is wrong, and
    /// then the former ones stay.
    pub fn reload_tls(&self) -> Result<(), String> {
        self.tls.as_ref().map_or(Ok(()), |tls| tls.reload())
    }

    /// Stops: no new connections. Requests under way are answered; who only waits for the feed is
    /// at once, who has not sent a request to its end soon. What is not done after the grace
    /// period is cut off.
    pub async fn shutdown(mut self) {
        // The receivers live as long as the tasks.
        let _ = self.stop.send(true);
        while self.tasks.join_next().await.is_some() {}
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(upkeep) = &self.upkeep {
            upkeep.abort();
        }
    }
}

/// One listener and its connections.
struct Accepting {
    tls: Option<Arc<Tls>>,
    routes: Router,
    slots: Arc<Semaphore>,
    stopping: watch::Receiver<bool>,
    times: Times,
    grace_time: Duration,
}

#[derive(Clone, Copy)]
struct Times {
    head: Duration,
    stall: Duration,
    stop: Duration,
}

impl Accepting {
    fn new(
        listen: &Listen,
        tls: Option<Arc<Tls>>,
        routes: Router,
        stopping: watch::Receiver<bool>,
    ) -> Self {
        Self {
            tls,
            routes,
            slots: Arc::new(Semaphore::new(listen.connections)),
            stopping,
            times: Times {
                head: listen.head_time,
                stall: listen.stall_time,
                stop: listen.stop_time,
            },
            grace_time: listen.grace_time,
        }
    }

    async fn run(mut self, listener: TcpListener) {
        let graceful = GracefulShutdown::new();
        let mut connections = JoinSet::new();
        loop {
            let (stream, from) = tokio::select! {
                _ = self.stopping.wait_for(|stop| *stop) => break,
                // Connections beyond the limit wait in the system's queue.
                accepted = accept(&listener, &self.slots) => accepted,
            };
            while connections.try_join_next().is_some() {}
            let (slot, stream) = stream;
            let (tls, routes, times) = (self.tls.clone(), self.routes.clone(), self.times);
            let watcher = graceful.watcher();
            let stopping = Stopping::new(self.stopping.clone(), times.stop);
            connections.spawn(async move {
                let _slot = slot;
                let open = metrics::gauge!("provisor_http_connections");
                open.increment(1);
                let asked = Arc::new(AtomicBool::new(false));
                let (mut end, seen) = (stopping.clone(), Arc::clone(&asked));
                let ask =
                    Ask { peer: Peer { address: from.ip(), tls: tls.is_some() }, stopping, asked };
                let serving = async {
                    match tls {
                        None => {
                            told(watcher.watch(connection(stream, ask, routes, times)).await);
                        }
                        Some(tls) => {
                            let accepting = tls.acceptor().accept(stream);
                            if let Ok(Ok(stream)) =
                                tokio::time::timeout(times.head, accepting).await
                            {
                                told(watcher.watch(connection(stream, ask, routes, times)).await);
                            }
                        }
                    }
                };
                // Who has not asked for anything by then is not waited for.
                let unasked = async {
                    end.over().await;
                    if seen.load(Ordering::Relaxed) {
                        std::future::pending::<()>().await;
                    }
                };
                tokio::select! {
                    () = serving => {}
                    () = unasked => {}
                }
                open.decrement(1);
            });
        }
        drop(listener);
        if tokio::time::timeout(self.grace_time, graceful.shutdown()).await.is_err() {
            tracing::warn!("requests were cut off: they went on for longer than the grace period");
        }
        connections.shutdown().await;
    }
}

type Slot = tokio::sync::OwnedSemaphorePermit;

/// The next connection, once there is room for it.
async fn accept(
    listener: &TcpListener,
    slots: &Arc<Semaphore>,
) -> ((Option<Slot>, TcpStream), SocketAddr) {
    // The semaphore is never closed.
    let slot = Arc::clone(slots).acquire_owned().await.ok();
    loop {
        match listener.accept().await {
            Ok((stream, from)) => {
                if let Err(error) = stream.set_nodelay(true) {
                    tracing::debug!(%error, "a connection without TCP_NODELAY");
                }
                return ((slot, stream), from);
            }
            // The client is gone, or the process has no more files: the next one may succeed.
            Err(error) => {
                tracing::warn!(%error, "a connection was not accepted");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
}

/// What requests of a connection bring along.
struct Ask {
    peer: Peer,
    stopping: Stopping,
    /// Whether there was one.
    asked: Arc<AtomicBool>,
}

fn connection<S>(
    stream: S,
    ask: Ask,
    routes: Router,
    times: Times,
) -> http1::Connection<
    TokioIo<Stalling<S>>,
    impl hyper::service::Service<
        Request<Incoming>,
        Response = http::Response<Body>,
        Error = std::convert::Infallible,
        Future = impl Send + 'static,
    > + Send
    + 'static,
>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let service = routes.map_request(move |mut request: Request<Incoming>| {
        ask.asked.store(true, Ordering::Relaxed);
        request.extensions_mut().insert(ask.peer);
        request.extensions_mut().insert(ask.stopping.clone());
        request.map(Body::new)
    });
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(times.head)
        .max_buf_size(limits::HEAD_BYTES)
        .half_close(true)
        .serve_connection(
            TokioIo::new(Stalling::new(stream, times.stall)),
            TowerToHyperService::new(service),
        )
}

/// Clients that go away or speak no HTTP are no matter for the operator.
fn told(outcome: Result<(), hyper::Error>) {
    if let Err(error) = outcome {
        tracing::debug!(%error, "a connection ended early");
    }
}

/// A listener, with the port that it got.
async fn bind(wanted: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let listener = TcpListener::bind(wanted).await.map_err(|why| no_address(wanted, &why))?;
    let address = listener.local_addr().map_err(|why| no_address(wanted, &why))?;
    Ok((listener, address))
}

fn no_address(address: SocketAddr, why: &io::Error) -> StartError {
    StartError(format!("the server cannot listen on `{address}`: {why}"))
}

impl Listen {
    /// The defaults at an address.
    pub fn at(address: SocketAddr) -> Self {
        Self {
            address,
            tls: None,
            operations: None,
            connections: limits::CONNECTIONS,
            requests: limits::CONCURRENT_REQUESTS,
            head_time: limits::HEAD_TIME,
            stall_time: limits::STALL_TIME,
            stop_time: limits::STOP_TIME,
            grace_time: limits::GRACE_TIME,
        }
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for StartError {}

//! Requests while the server stops: who only waits is answered at once, and who has not sent a
//! request to its end is not waited for.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::middleware::Next;
use bytes::Bytes;
use http::{Request, Response};
use hyper::body::{Frame, SizeHint};
use tokio::sync::watch;

use crate::error::ScimError;
use crate::http::media::Media;
use crate::http::respond;

/// Whether the server stops, as an extension of the request.
#[derive(Debug, Clone)]
pub(super) struct Stopping {
    told: watch::Receiver<bool>,
    /// How long after that requests may still come to their end.
    patience: Duration,
}

impl Stopping {
    pub(super) fn new(told: watch::Receiver<bool>, patience: Duration) -> Self {
        Self { told, patience }
    }

    /// Whether the server was told to stop.
    pub(super) fn is_told(&self) -> bool {
        *self.told.borrow()
    }

    /// Once the server is told to stop.
    pub(super) async fn told(&mut self) {
        // Without a sender the server is gone.
        let _ = self.told.wait_for(|stop| *stop).await;
    }

    /// Once it stops and nobody is waited for any more.
    pub(super) async fn over(&mut self) {
        self.told().await;
        tokio::time::sleep(self.patience).await;
    }
}

/// Gives up on a request whose body does not come to its end while the server stops. Nothing was
/// done for it: every operation reads the whole body first.
pub(super) async fn hurry(request: Request<Body>, next: Next) -> Response<Body> {
    let Some(mut stopping) = request.extensions().get::<Stopping>().cloned() else {
        return next.run(request).await;
    };
    let is_whole = Arc::new(AtomicBool::new(request.body().is_end_stream()));
    let own = Arc::clone(&is_whole);
    let request = request.map(|body| Body::new(Noted { body, is_whole: own }));
    let cut = async {
        stopping.over().await;
        if is_whole.load(Ordering::Relaxed) {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        biased;
        response = next.run(request) => response,
        () = cut => {
            let words = "the server is shutting down, and the request has not come to its end";
            let mut response = respond::error(&ScimError::new(503, words), Media::Scim);
            respond::put(&mut response, http::header::CONNECTION, "close");
            response
        }
    }
}

/// A body that notes when it has come to its end.
struct Noted {
    body: Body,
    is_whole: Arc<AtomicBool>,
}

impl HttpBody for Noted {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        if matches!(polled, Poll::Ready(None)) || self.body.is_end_stream() {
            self.is_whole.store(true, Ordering::Relaxed);
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

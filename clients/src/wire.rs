//! What carries requests: a network, or a stub of a test. Time belongs to it too, so that nothing
//! else in the crate sleeps or reads a clock.

mod network;

use std::future::Future;
use std::pin::Pin;
use std::time::{Duration, SystemTime};

use crate::http::{Answer, Broken, Request};

pub use network::{Network, Trust, Unusable, settle_cryptography};

/// A future of a [`Wire`].
pub type Carried<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Carries requests.
pub trait Wire: Send + Sync {
    /// Sends a request as it is and waits for the answer.
    fn send<'a>(&'a self, request: &'a Request) -> Carried<'a, Result<Answer, Broken>>;

    /// Lets time pass.
    fn wait(&self, time: Duration) -> Carried<'_, ()>;

    /// The time.
    fn now(&self) -> SystemTime;
}

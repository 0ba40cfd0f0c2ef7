//! Latencies of requests that are sent at a steady rate.

use std::time::{Duration, Instant};

use crate::client::{Client, Target};

/// A request to repeat; `n` counts up, so that each can ask for something else.
pub(crate) type Make = fn(n: usize, facts: &Facts) -> Request;

pub(crate) struct Request {
    pub(crate) method: &'static str,
    pub(crate) path: String,
    pub(crate) body: String,
    pub(crate) statuses: &'static [u16],
}

/// What requests are made of.
#[derive(Clone, Default)]
pub(crate) struct Facts {
    pub(crate) user_names: Vec<String>,
    pub(crate) users: Vec<String>,
    /// A group of about ten members.
    pub(crate) small_group: String,
    /// The largest group.
    pub(crate) large_group: String,
    pub(crate) deep_cursor: String,
    /// Tells names of this run from those of another.
    pub(crate) run: String,
}

/// Sorted latencies.
pub(crate) struct Latencies(Vec<Duration>);

impl Latencies {
    pub(crate) fn at(&self, share: f64) -> f64 {
        let place = (self.0.len() as f64 * share) as usize;
        let latency = self.0.get(place.min(self.0.len().saturating_sub(1)));
        latency.map_or(f64::NAN, |latency| latency.as_secs_f64() * 1000.0)
    }
}

/// Sends requests at a rate over some connections. A latency counts from when the request was
/// due, so a server that falls behind is seen.
pub(crate) async fn steady(
    target: &Target,
    facts: &Facts,
    make: Make,
    per_second: f64,
    requests: usize,
    connections: usize,
) -> Latencies {
    let start = Instant::now() + Duration::from_millis(20);
    let mut tasks = Vec::new();
    for lane in 0..connections {
        let (target, facts) = (target.clone(), facts.clone());
        tasks.push(tokio::spawn(async move {
            let mut client = Client::connect(&target).await;
            let mut latencies = Vec::new();
            let mut n = lane;
            while n < requests {
                let due = start + Duration::from_secs_f64(n as f64 / per_second);
                tokio::time::sleep_until(due.into()).await;
                let Request { method, path, body, statuses } = make(n, &facts);
                client.expect(statuses, method, &path, &body).await;
                latencies.push(due.elapsed());
                n += connections;
            }
            latencies
        }));
    }
    let mut all = Vec::new();
    for task in tasks {
        all.extend(task.await.expect("no request failed"));
    }
    all.sort_unstable();
    Latencies(all)
}

/// Sends requests as quickly as they are answered; gives requests a second.
pub(crate) async fn flood(
    target: &Target,
    facts: &Facts,
    make: Make,
    requests: usize,
    connections: usize,
) -> f64 {
    let start = Instant::now();
    let mut tasks = Vec::new();
    for lane in 0..connections {
        let (target, facts) = (target.clone(), facts.clone());
        tasks.push(tokio::spawn(async move {
            let mut client = Client::connect(&target).await;
            let mut n = lane;
            while n < requests {
                let Request { method, path, body, statuses } = make(n, &facts);
                client.expect(statuses, method, &path, &body).await;
                n += connections;
            }
        }));
    }
    for task in tasks {
        task.await.expect("no request failed");
    }
    requests as f64 / start.elapsed().as_secs_f64()
}

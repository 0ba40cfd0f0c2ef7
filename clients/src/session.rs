//! Sends a client's requests with its headers, its credential and its patience, and keeps what
//! was said.

mod credential;
mod patience;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use crate::http::{Answer, Broken, BrokenKind, Exchange, Method, Request};
use crate::slip::{Slip, Slips};
use crate::wire::Wire;

pub use credential::{Credential, OAuth, Placement};
pub use patience::Patience;

use credential::Token;

/// Makes of one request what is sent in its place, with headers and credential. The answer to the
/// last of them is the client's.
pub type Rewrite = fn(Request) -> Vec<Request>;

/// How a client sends.
#[derive(Debug, Clone)]
pub struct Manner {
    /// Headers of every request.
    pub headers: &'static [(&'static str, &'static str)],
    /// The media type of bodies.
    pub content_type: &'static str,
    /// What it does when it is refused for a time.
    pub patience: Patience,
    /// Whether it follows redirections within the provider's host.
    pub redirects: bool,
}

/// Where and how far a client may go.
#[derive(Debug, Clone)]
pub struct Target {
    /// The base URI, without a slash at its end.
    pub base: String,
    /// What it shows to be let in.
    pub credential: Credential,
    /// Ends of patience.
    pub limits: Limits,
    /// For what a client makes up: throw-away passwords and names of nobody.
    pub seed: u64,
}

/// What ends a run even where a client would go on.
#[derive(Debug, Clone)]
pub struct Limits {
    /// The longest single wait; longer ones are cut.
    pub wait: Duration,
    /// Requests of the whole run.
    pub requests: usize,
    /// When the run must be over.
    pub until: Option<SystemTime>,
}

impl Default for Limits {
    fn default() -> Self {
        Self { wait: Duration::from_secs(30), requests: 1_000_000, until: None }
    }
}

/// A client's side of the connection.
pub struct Session {
    wire: Arc<dyn Wire>,
    target: Target,
    manner: Manner,
    slips: Slips,
    rewrites: Vec<Rewrite>,
    token: Mutex<Option<Token>>,
    log: Mutex<Vec<Exchange>>,
    sent: AtomicUsize,
}

/// Times that a client with a slip asks for a token.
const FLOOD: u32 = 10;
/// Redirections that are followed for one request.
const REDIRECTS: usize = 5;

impl Session {
    pub(crate) fn new(
        wire: Arc<dyn Wire>,
        target: Target,
        manner: Manner,
        slips: Slips,
        rewrites: Vec<Rewrite>,
    ) -> Self {
        Self {
            wire,
            target,
            manner,
            slips,
            rewrites,
            token: Mutex::default(),
            log: Mutex::default(),
            sent: AtomicUsize::new(0),
        }
    }

    /// Whether the client has this habit.
    pub(crate) fn slips(&self, slip: Slip) -> bool {
        self.slips.has(slip)
    }

    /// For what a client makes up.
    pub(crate) fn seed(&self) -> u64 {
        self.target.seed
    }

    /// What was said since the last time.
    pub(crate) fn take_log(&self) -> Vec<Exchange> {
        self.log.lock().map(|mut log| std::mem::take(&mut *log)).unwrap_or_default()
    }

    /// Sends a request until it is answered for good, as patiently as the client is.
    pub(crate) async fn ask(&self, request: Request) -> Result<Answer, Broken> {
        let patience = self.patience();
        let mut renewed = false;
        let mut tries = 0;
        loop {
            tries += 1;
            let answer = self.once(&request).await;
            if let Ok(answer) = &answer
                && answer.status == 401
                && !renewed
                && self.target.credential.renews()
                && !self.slips(Slip::NeverRefreshes)
            {
                renewed = true;
                self.forget_token();
                continue;
            }
            let now = self.wire.now();
            match patience.after(tries, request.method, &answer, now) {
                Some(wait) => self.wire.wait(wait.min(self.target.limits.wait)).await,
                None => return answer,
            }
        }
    }

    /// Sends a request that is not the client's: with the credential, and nothing else.
    pub(crate) async fn plainly(&self, request: Request) -> Result<Answer, Broken> {
        let request = match self.authorization().await? {
            Some(value) => request.with_header("Authorization", value),
            None => request,
        };
        self.wire.send(&request).await
    }

    fn patience(&self) -> Patience {
        if self.slips(Slip::Hammers) { Patience::hammering() } else { self.manner.patience.clone() }
    }

    /// Sends a request once, with headers and credential, and follows where it may.
    async fn once(&self, request: &Request) -> Result<Answer, Broken> {
        let mut request = request.clone();
        let mut followed = 0;
        loop {
            let answer = self.dressed(request.clone()).await?;
            let Some(to) = self.redirection(&answer) else { return Ok(answer) };
            followed += 1;
            if followed > REDIRECTS {
                return Ok(answer);
            }
            if answer.status == 303 {
                request = Request::get(to);
            } else {
                request.to = to;
            }
        }
    }

    /// Where the client goes on, if it follows.
    fn redirection(&self, answer: &Answer) -> Option<String> {
        if !matches!(answer.status, 301 | 302 | 303 | 307 | 308) {
            return None;
        }
        let location = answer.header("location")?;
        let own = origin(&self.target.base);
        let absolute = if location.starts_with("http://") || location.starts_with("https://") {
            location.to_owned()
        } else if location.starts_with('/') && !location.starts_with("//") {
            format!("{own}{location}")
        } else {
            return None;
        };
        let anywhere = self.slips(Slip::RedirectsAnywhere);
        let within = self.manner.redirects && origin(&absolute) == own;
        (anywhere || within).then_some(absolute)
    }

    async fn dressed(&self, mut request: Request) -> Result<Answer, Broken> {
        for (name, value) in self.manner.headers {
            if request.header(name).is_none() {
                request = request.with_header(name, *value);
            }
        }
        if request.body.is_some() && request.header("content-type").is_none() {
            request = request.with_header("Content-Type", self.manner.content_type);
        }
        if let Some(value) = self.authorization().await? {
            request = request.with_header("Authorization", value);
        }
        let mut requests = vec![request];
        for rewrite in &self.rewrites {
            requests = requests.into_iter().flat_map(rewrite).collect();
        }
        let mut last = Err(Broken::new(BrokenKind::Limit, "nothing was sent"));
        for request in &requests {
            last = self.carry(request).await;
        }
        last
    }

    /// Sends exactly this, and keeps it.
    async fn carry(&self, request: &Request) -> Result<Answer, Broken> {
        let limits = &self.target.limits;
        if self.sent.fetch_add(1, Ordering::Relaxed) >= limits.requests {
            let message = format!("{} requests were sent, and no more may be", limits.requests);
            return Err(Broken::new(BrokenKind::Limit, message));
        }
        if limits.until.is_some_and(|until| self.wire.now() >= until) {
            return Err(Broken::new(BrokenKind::Limit, "the time of the run is over"));
        }
        let answer = self.wire.send(request).await;
        if let Ok(mut log) = self.log.lock() {
            log.push(Exchange::of(request, &answer));
        }
        answer
    }

    async fn authorization(&self) -> Result<Option<String>, Broken> {
        let oauth = match &self.target.credential {
            Credential::None => return Ok(None),
            Credential::Header(value) => return Ok(Some(value.clone())),
            Credential::Bearer(token) => return Ok(Some(format!("Bearer {token}"))),
            Credential::OAuth(oauth) => oauth,
        };
        let now = self.wire.now();
        let kept = self.token.lock().ok().and_then(|token| token.clone());
        let usable = kept.filter(|token| token.serves(now) || self.slips(Slip::NeverRefreshes));
        let token = match usable {
            Some(token) => token,
            None => {
                let answer = self.patiently(&oauth.request()).await?;
                let token = Token::read(&answer, self.wire.now())?;
                if let Ok(mut kept) = self.token.lock() {
                    *kept = Some(token.clone());
                }
                token
            }
        };
        Ok(Some(format!("Bearer {}", token.text)))
    }

    /// Asks the token endpoint, which may be throttled or away like any other.
    async fn patiently(&self, request: &Request) -> Result<Answer, Broken> {
        let patience = self.patience();
        let mut tries = 0;
        loop {
            tries += 1;
            let answer = self.carry(request).await;
            match patience.after(tries, request.method, &answer, self.wire.now()) {
                Some(wait) => self.wire.wait(wait.min(self.target.limits.wait)).await,
                None if self.slips(Slip::FloodsTokens)
                    && tries < FLOOD
                    && answer.as_ref().is_ok_and(|answer| !answer.is_success()) => {}
                None => return answer,
            }
        }
    }

    fn forget_token(&self) {
        if let Ok(mut token) = self.token.lock() {
            *token = None;
        }
    }
}

/// Scheme, host and port of a URL.
fn origin(url: &str) -> &str {
    let start = url.find("://").map_or(0, |at| at + 3);
    let rest = url.get(start..).unwrap_or_default();
    let end = rest.find(['/', '?', '#']).map_or(url.len(), |at| start + at);
    url.get(..end).unwrap_or(url)
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("base", &self.target.base).finish_non_exhaustive()
    }
}

/// Whether sending a request twice does what sending it once does. A PATCH of this crate says what
/// shall be, and never counts or appends.
fn repeatable(method: Method) -> bool {
    method != Method::Post
}

#[cfg(test)]
mod tests {
    use super::origin;

    #[test]
    fn an_origin_ends_before_the_path_and_keeps_what_may_deceive() {
        assert_eq!(origin("https://scim.example/v2?x"), "https://scim.example");
        assert_eq!(origin("http://127.0.0.1:8080"), "http://127.0.0.1:8080");
        assert_eq!(
            origin("https://scim.example@evil.example/"),
            "https://scim.example@evil.example"
        );
        assert_ne!(origin("http://scim.example/"), origin("https://scim.example/"));
    }
}

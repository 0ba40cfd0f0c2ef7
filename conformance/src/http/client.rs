//! Kept connections to one endpoint, with limits on everything that comes back.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{Builder, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

use super::fault::{ClientError, FaultKind, before_the_head, fault, within_the_body};
use super::health::{Health, Traffic};
use super::origin::Origin;
use super::pace::{Pace, throttled};
use super::tls::{Tls, TlsOptions};
use super::{Answer, Request};

/// How requests are made.
#[derive(Debug, Clone)]
pub struct Options {
    /// How long an answer may take as a whole.
    pub timeout: Duration,
    /// How long a connection may take to come about.
    pub connect_timeout: Duration,
    /// Bytes of an answer's body that are read; more is a finding.
    pub body_bytes: usize,
    /// Times that a throttled request (429, or 503 with `Retry-After`) is sent again.
    pub retries: u32,
    /// The longest `Retry-After` that is waited for.
    pub longest_wait: Duration,
    /// Requests a second, at most.
    pub rate: Option<f64>,
    /// Whom to trust over https.
    pub tls: TlsOptions,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(30),
            connect_timeout: Duration::from_secs(10),
            body_bytes: 64 * 1024 * 1024,
            retries: 5,
            longest_wait: Duration::from_secs(60),
            rate: None,
            tls: TlsOptions::default(),
        }
    }
}

/// Headers of an answer, and bytes of them, beyond which it counts as endless.
const HEADERS: usize = 256;
const HEADER_BYTES: usize = 256 * 1024;
/// Redirects in a row.
const REDIRECTS: usize = 5;
/// A connection that rested longer may have been closed at the other end. What is not safe to
/// repeat goes over a fresher one.
const FRESH: Duration = Duration::from_secs(1);

type Sender = SendRequest<Full<Bytes>>;

/// A client of one endpoint; shared by reference between lanes.
#[derive(Debug)]
pub struct Client {
    origin: Origin,
    /// The path of the base URI without a slash at its end.
    base: String,
    options: Options,
    tls: Option<Tls>,
    pace: Pace,
    health: Health,
    idle: Mutex<Vec<(Sender, Instant)>>,
}

/// The header by which a request proves who sends it.
pub type Proof = (String, String);

impl Client {
    /// A client of `http[s]://host[:port]/path`. Fails where the URL is no such thing, or a file
    /// that TLS needs cannot be read.
    pub fn new(url: &str, options: Options) -> Result<Self, ClientError> {
        let (origin, base) = Origin::of(url)?;
        let tls = if origin.https { Some(Tls::new(&options.tls)?) } else { None };
        let pace = Pace::new(options.rate);
        let (health, idle) = (Health::default(), Mutex::default());
        Ok(Self { origin, base, options, tls, pace, health, idle })
    }

    /// Sends a request and reads the whole answer. Waits and repeats where it is throttled, and
    /// follows redirects within the origin.
    pub async fn send(
        &self,
        request: &Request,
        proof: Option<&Proof>,
    ) -> Result<Answer, ClientError> {
        self.send_within(request, proof, self.options.timeout).await
    }

    /// The same with another time for the answer.
    pub(crate) async fn send_within(
        &self,
        request: &Request,
        proof: Option<&Proof>,
        limit: Duration,
    ) -> Result<Answer, ClientError> {
        let mut left = self.options.retries;
        loop {
            let answer = self.follow(request, proof, limit).await?;
            let Some(wait) = throttled(&answer) else { return Ok(answer) };
            self.health.is_throttled();
            if left == 0 || wait > self.options.longest_wait {
                let message = format!(
                    "throttled: it answers {} and asks for a pause of {} s",
                    answer.status,
                    wait.as_secs()
                );
                return Err(fault(FaultKind::Throttled, message));
            }
            left -= 1;
            self.pace.pause(wait);
        }
    }

    /// Why the endpoint counts as gone, if it does: no answer for some requests in a row.
    pub fn gone(&self) -> Option<String> {
        self.health.gone()
    }

    /// What was sent so far, and how long answers took.
    pub fn traffic(&self) -> Traffic {
        self.health.traffic()
    }

    /// How many answers came so far.
    pub(crate) fn answers(&self) -> usize {
        self.health.answers()
    }

    /// How many requests had no answer so far.
    pub(crate) fn silences(&self) -> u64 {
        self.health.silences()
    }

    /// An endpoint that counts as gone is asked again.
    pub(crate) fn try_again(&self) {
        self.health.try_again();
    }

    async fn follow(
        &self,
        request: &Request,
        proof: Option<&Proof>,
        limit: Duration,
    ) -> Result<Answer, ClientError> {
        let mut target = format!("{}{}", self.base, request.target);
        for _ in 0..=REDIRECTS {
            let answer = match self.timed(request, &target, proof, limit).await {
                Err(error) if error.kind == FaultKind::Closed => {
                    return Err(self.alone(error).await);
                }
                answer => answer?,
            };
            let Some(next) = self.redirect(request, &answer, &target) else { return Ok(answer) };
            self.health.redirected(format!("{} {} to {next}", answer.status, template(&target)));
            target = next;
        }
        let message =
            format!("it redirects more than {REDIRECTS} times in a row, last to {target}");
        Err(fault(FaultKind::BrokenHttp, message))
    }

    /// A connection that is closed in place of an answer is the network's fault, unless the
    /// endpoint answers something else right after: then it chose not to answer this.
    async fn alone(&self, error: ClientError) -> ClientError {
        let other = Request { method: "GET".to_owned(), ..Request::default() };
        let target = format!("{}/ServiceProviderConfig", self.base);
        match self.timed(&other, &target, None, self.options.timeout).await {
            Ok(_) => {
                let message = format!("{}, though others are answered", error.message);
                fault(FaultKind::BrokenHttp, message)
            }
            Err(_) => error,
        }
    }

    /// Where to go on, if that is the same origin and the method may be repeated there
    /// (RFC 9110, 15.4). Anything else is an answer like others: a token goes nowhere else.
    fn redirect(&self, request: &Request, answer: &Answer, target: &str) -> Option<String> {
        let safe = matches!(request.method.as_str(), "GET" | "HEAD");
        let may = match answer.status {
            307 | 308 => true,
            301..=303 => safe,
            _ => false,
        };
        if may { self.origin.same(answer.header("location")?, target) } else { None }
    }

    async fn timed(
        &self,
        request: &Request,
        target: &str,
        proof: Option<&Proof>,
        limit: Duration,
    ) -> Result<Answer, ClientError> {
        self.pace.turn().await;
        self.health.sends();
        let begun = Instant::now();
        let answer = match tokio::time::timeout(limit, self.once(request, target, proof)).await {
            Ok(answer) => answer,
            Err(_) => {
                let message = format!("no complete answer within {} s", limit.as_secs_f64());
                Err(fault(FaultKind::Timeout, message))
            }
        };
        match answer {
            Ok(mut answer) => {
                let took = begun.elapsed();
                answer.took = took;
                self.health.answered(took);
                Ok(answer)
            }
            Err(error) => {
                self.health.failed(&error);
                Err(error)
            }
        }
    }

    /// One request. Where a kept connection dies before a byte of the answer, a new one is tried
    /// once: the other end closed it while it rested, which is nobody's fault (RFC 9112, 9.3.1).
    /// What is not safe to repeat goes over a connection that rested little, and the answer says
    /// that it may have been sent twice.
    async fn once(
        &self,
        request: &Request,
        target: &str,
        proof: Option<&Proof>,
    ) -> Result<Answer, ClientError> {
        let repeatable = matches!(request.method.as_str(), "GET" | "HEAD" | "PUT" | "DELETE");
        let newest = if repeatable { Duration::MAX } else { FRESH };
        if let Some(sender) = self.kept(newest).await {
            match self.over(sender, request, target, proof).await {
                Err(error) if error.is_silence() => {
                    let sender = self.connect().await?;
                    let answer = self.over(sender, request, target, proof).await?;
                    return Ok(Answer { repeated: !repeatable, ..answer });
                }
                answer => return answer,
            }
        }
        let sender = self.connect().await?;
        self.over(sender, request, target, proof).await
    }

    async fn over(
        &self,
        mut sender: Sender,
        request: &Request,
        target: &str,
        proof: Option<&Proof>,
    ) -> Result<Answer, ClientError> {
        let message = self.message(request, target, proof)?;
        let response = sender.send_request(message).await;
        let response = response.map_err(|error| before_the_head(&error))?;
        let status = response.status().as_u16();
        let headers = response.headers().iter().map(|(name, value)| {
            (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        });
        let headers: Vec<(String, String)> = headers.collect();
        let body = self.read(response.into_body()).await.map_err(|error| {
            // Whatever it was, it tells where what it made is.
            let place = headers.iter().find(|(name, _)| name == "location");
            let place = place.filter(|_| (200..300).contains(&status));
            ClientError { location: place.map(|(_, value)| value.clone()), ..error }
        })?;
        if let Ok(mut idle) = self.idle.lock() {
            idle.push((sender, Instant::now()));
        }
        Ok(Answer { status, headers, body, ..Answer::default() })
    }

    fn message(
        &self,
        request: &Request,
        target: &str,
        proof: Option<&Proof>,
    ) -> Result<http::Request<Full<Bytes>>, ClientError> {
        let mut message = http::Request::builder()
            .method(request.method.as_str())
            .uri(target)
            .header("host", self.origin.host_header());
        for (name, value) in &request.headers {
            message = message.header(name, value);
        }
        if let Some((name, value)) = proof {
            message = message.header(name, value);
        }
        let body = request.body.clone().unwrap_or_default();
        message.body(Full::new(Bytes::from(body))).map_err(|error| {
            fault(FaultKind::Usage, format!("the request cannot be sent: {error}"))
        })
    }

    /// A kept connection that still works and has not rested too long; the one used last first.
    async fn kept(&self, newest: Duration) -> Option<Sender> {
        loop {
            let (mut sender, since) = self.idle.lock().ok()?.pop()?;
            if since.elapsed() <= newest && sender.ready().await.is_ok() {
                return Some(sender);
            }
        }
    }

    async fn connect(&self) -> Result<Sender, ClientError> {
        let address = self.origin.address();
        let opening = tokio::time::timeout(self.options.connect_timeout, async {
            let stream = TcpStream::connect(&address).await.map_err(|error| {
                fault(FaultKind::Network, format!("cannot connect to {address}: {error}"))
            })?;
            // Small requests must not wait for one another.
            let _ = stream.set_nodelay(true);
            match &self.tls {
                Some(tls) => speak(tls.over(&self.origin.host, stream).await?).await,
                None => speak(stream).await,
            }
        });
        let limit = self.options.connect_timeout.as_secs_f64();
        let late =
            |_| fault(FaultKind::Network, format!("no connection to {address} within {limit} s"));
        opening.await.map_err(late)?
    }

    async fn read(&self, mut body: hyper::body::Incoming) -> Result<Bytes, ClientError> {
        let mut all = BytesMut::new();
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|error| within_the_body(&error))?;
            let Some(data) = frame.data_ref() else { continue };
            if all.len() + data.len() > self.options.body_bytes {
                let limit = self.options.body_bytes;
                let message = format!("the answer does not end: it has more than {limit} bytes");
                return Err(fault(FaultKind::BrokenHttp, message));
            }
            all.extend_from_slice(data);
        }
        Ok(all.freeze())
    }
}

async fn speak<S>(stream: S) -> Result<Sender, ClientError>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let mut builder = Builder::new();
    builder.max_headers(HEADERS).max_buf_size(HEADER_BYTES);
    let (sender, connection) =
        builder.handshake(TokioIo::new(stream)).await.map_err(|error| before_the_head(&error))?;
    tokio::spawn(connection);
    Ok(sender)
}

/// A target without the ids that make every one of them different.
fn template(target: &str) -> String {
    let path = target.split('?').next().unwrap_or_default();
    let parts = path.split('/').map(|part| if part.len() >= 20 { "…" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

//! A server of its own process, and a client of it. Nothing here waits without end.

use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::run::Folder;

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// What people get in these tests.
pub(super) const RULES: &str = r#"provisioning 1

seat base     "Base"
seat forecast "Forecast"

profile viewer "Viewer"

workspace main "Main"

assignment "Sales" {
  match   department is "Sales"
  seats   base
  home    main
  workspaces { main: viewer }
  capture none
  update  automatic
}

default assignment "Everyone else" {
  seats   none
  workspaces { main: viewer }
  capture none
  update  automatic
}

grant "Pilot" {
  match   in group "Pilot"
  seats   forecast
}
"#;

/// A server that runs. It is killed when it is dropped.
pub(super) struct Serving {
    child: Child,
    pub(super) address: String,
    pub(super) token: String,
    lines: Receiver<String>,
    told: Vec<String>,
}

impl Serving {
    /// On `p.db` in the folder, with the token of its first start in `token`.
    pub(super) fn start(folder: &Folder, more: &[&str]) -> Self {
        Self::run(folder.command("serve"), &["--database", "p.db"], more)
            .unwrap_or_else(|told| panic!("the server does not start: {told}"))
            .with_token(&folder.path().join("token"))
    }

    /// A command that becomes the server. Fails with what it said before it ended.
    pub(super) fn run(mut command: Command, first: &[&str], more: &[&str]) -> Result<Self, String> {
        command
            .args(["--token-file", "token", "--rate-token", "0", "--rate-tenant", "0"])
            .args(first)
            .args(more);
        Self::spawn(command)
    }

    /// The same with nothing but an address, for commands that say all else.
    pub(super) fn spawn(mut command: Command) -> Result<Self, String> {
        let mut child = command
            .args(["--listen", "127.0.0.1:0"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (sender, lines) = mpsc::channel();
        let (stdout, stderr) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        read_lines(stdout, sender.clone());
        read_lines(stderr, sender);
        let mut serving =
            Self { child, address: String::new(), token: String::new(), lines, told: Vec::new() };
        let until = Instant::now() + PATIENCE;
        while serving.address.is_empty() {
            let left = until.saturating_duration_since(Instant::now());
            let Ok(line) = serving.lines.recv_timeout(left) else {
                return Err(serving.told.join("\n"));
            };
            let address =
                line.split_once(" listens on ").and_then(|(_, url)| url.split_once("://"));
            if let Some((_, address)) = address {
                serving.address = address.to_owned();
            }
            serving.told.push(line);
        }
        Ok(serving)
    }

    pub(super) fn with_token(mut self, file: &Path) -> Self {
        self.token = fs::read_to_string(file).unwrap().trim().to_owned();
        self
    }

    pub(super) fn pid(&self) -> String {
        self.child.id().to_string()
    }

    pub(super) fn client(&self) -> Client {
        Client { address: self.address.clone(), token: self.token.clone(), stream: None }
    }

    /// Ends it as a power cut does (SIGKILL).
    pub(super) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Tells it to stop (SIGTERM), and waits until it has.
    pub(super) fn stop(mut self) -> ExitStatus {
        assert!(Command::new("kill").arg(self.pid()).status().unwrap().success());
        let until = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < until, "the server does not stop");
            thread::sleep(Duration::from_millis(20));
        }
    }

    pub(super) fn is_up(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// What it has said so far.
    pub(super) fn told(&mut self) -> String {
        self.told.extend(self.lines.try_iter());
        self.told.join("\n")
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends on what comes line by line.
fn read_lines(from: impl Read + Send + 'static, to: mpsc::Sender<String>) {
    thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            if to.send(line).is_err() {
                return;
            }
        }
    });
}

/// One connection, made anew where it is lost.
pub(super) struct Client {
    address: String,
    token: String,
    stream: Option<BufReader<TcpStream>>,
}

/// An answer.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    headers: Vec<(String, String)>,
    pub(super) text: String,
}

impl Answer {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    /// The `id` of the resource in it.
    pub(super) fn id(&self) -> String {
        self.json()["id"].as_str().unwrap_or_else(|| panic!("no id: {self:?}")).to_owned()
    }

    #[track_caller]
    pub(super) fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{self:?}");
        self
    }
}

impl Client {
    pub(super) fn get(&mut self, path: &str) -> Answer {
        self.send("GET", path, None, &[]).unwrap()
    }

    pub(super) fn post(&mut self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, Some(body), &[]).unwrap()
    }

    pub(super) fn patch(&mut self, path: &str, operations: &Value) -> Answer {
        self.send("PATCH", path, Some(&patch(operations)), &[]).unwrap()
    }

    /// Sends a request and reads its answer. An error means that it is not known whether it was
    /// carried out.
    pub(super) fn send(
        &mut self,
        method: &str,
        path: &str,
        body: Option<&Value>,
        headers: &[(&str, &str)],
    ) -> io::Result<Answer> {
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => BufReader::new(connect(&self.address)?),
        };
        stream.get_mut().write_all(&self.request(method, path, body, headers))?;
        let answer = read(&mut stream)?;
        if answer.header("connection") != Some("close") {
            self.stream = Some(stream);
        }
        Ok(answer)
    }

    /// The bytes of a request.
    pub(super) fn request(
        &self,
        method: &str,
        path: &str,
        body: Option<&Value>,
        headers: &[(&str, &str)],
    ) -> Vec<u8> {
        let body = body.map(Value::to_string).unwrap_or_default();
        let mut text = format!(
            "{method} {path} HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer {}\r\n\
             Content-Length: {}\r\n",
            self.token,
            body.len()
        );
        if !body.is_empty() {
            text.push_str("Content-Type: application/scim+json\r\n");
        }
        for (name, value) in headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        text.push_str("\r\n");
        text.push_str(&body);
        text.into_bytes()
    }
}

/// A connection that gives up after a while.
pub(super) fn connect(address: &str) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// Reads one answer.
fn read(stream: &mut BufReader<TcpStream>) -> io::Result<Answer> {
    let cut = || io::Error::from(io::ErrorKind::UnexpectedEof);
    let mut line = String::new();
    stream.read_line(&mut line)?;
    let status = line.split(' ').nth(1).and_then(|code| code.parse().ok()).ok_or_else(cut)?;
    let mut headers = Vec::new();
    loop {
        line.clear();
        stream.read_line(&mut line)?;
        match line.trim_end().split_once(':') {
            Some((name, value)) => {
                headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
            }
            None if line == "\r\n" => break,
            None => return Err(cut()),
        }
    }
    let mut answer = Answer { status, headers, text: String::new() };
    let mut bytes = Vec::new();
    match answer.header("content-length").map(|length| length.parse().unwrap()) {
        Some(length) => {
            bytes.resize(length, 0);
            stream.read_exact(&mut bytes)?;
        }
        None if answer.header("transfer-encoding") == Some("chunked") => loop {
            line.clear();
            stream.read_line(&mut line)?;
            let length = usize::from_str_radix(line.trim_end(), 16).map_err(|_| cut())?;
            let start = bytes.len();
            bytes.resize(start + length + 2, 0);
            stream.read_exact(&mut bytes[start..])?;
            bytes.truncate(start + length);
            if length == 0 {
                break;
            }
        },
        None => {}
    }
    answer.text = String::from_utf8(bytes).map_err(|_| cut())?;
    Ok(answer)
}

/// A PatchOp of some operations.
pub(super) fn patch(operations: &Value) -> Value {
    serde_json::json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": operations,
    })
}

/// A User who works in sales.
pub(super) fn user(name: &str) -> Value {
    let enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    serde_json::json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", enterprise],
        "userName": name,
        "active": true,
        enterprise: { "department": "Sales" },
    })
}

/// A Group with members.
pub(super) fn group(name: &str, members: &[String]) -> Value {
    serde_json::json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
        "displayName": name,
        "members": refer(members),
    })
}

/// Values of `members`.
pub(super) fn refer(members: &[String]) -> Value {
    members.iter().map(|id| serde_json::json!({ "value": id })).collect()
}

/// Numbers that look random, the same ones for a seed.
pub(super) struct Random(pub(super) u64);

impl Random {
    /// Less than a limit.
    pub(super) fn below(&mut self, limit: u64) -> u64 {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }
}

//! A client with its source: carries out actions and tells the service provider.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use serde_json::Value;

use crate::action::Action;
use crate::directory::{Directory, Event, Impossible, Person};
use crate::http::{Answer, Broken, Exchange, Method, Request};
use crate::links::{Links, Sort};
use crate::provider::{Provider, State};
use crate::session::{Rewrite, Session, Target};
use crate::shape;
use crate::slip::{Slip, Slips};
use crate::wire::{Trust, Wire};

/// Which client, and what it does wrong.
#[derive(Debug, Clone)]
pub struct Spec {
    /// The client.
    pub provider: Provider,
    /// Its wrong habits.
    pub slips: Slips,
    /// What it does wrong in single requests.
    pub rewrites: Vec<Rewrite>,
}

/// A client on a connection.
#[derive(Debug)]
pub struct Client {
    provider: Provider,
    state: State,
    session: Session,
    source: Directory,
    stumbled: BTreeSet<(Sort, String)>,
    /// The ids of what was created here, by whichever hand.
    made: BTreeSet<String>,
    /// What could not be told, for the next cycle.
    failed: Vec<Event>,
}

/// What came of an action.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Done {
    /// What was said.
    pub exchanges: Vec<Exchange>,
    /// What the client could not tell.
    pub problems: Vec<Problem>,
}

/// The `User-Agent` of requests that are not the client's: whom a script needs beforehand, what is
/// read back, what is cleaned up.
pub const ANOTHER_HAND: &str = "provisor-replay (another hand)";

/// Pages that are read back at most.
const PAGES: usize = 10_000;

/// Something that a client could not tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// About whom or what; nothing where it is the connection itself.
    pub about: Option<(Sort, String)>,
    /// Why.
    pub why: String,
}

impl Spec {
    /// A client as it is.
    pub fn of(provider: Provider) -> Self {
        Self { provider, slips: Slips::default(), rewrites: Vec::new() }
    }

    /// The trust that its connections need; `otherwise` for all but K42.
    pub fn trust(&self, otherwise: Trust) -> Trust {
        if self.slips.has(Slip::TrustsAnybody) { Trust::Anybody } else { otherwise }
    }
}

impl Client {
    /// A client that has said nothing yet, of a source where nothing happened yet.
    pub fn new(spec: Spec, target: Target, source: Directory, wire: Arc<dyn Wire>) -> Self {
        let manner = spec.provider.profile().manner.clone();
        Self {
            provider: spec.provider,
            state: State::new(spec.provider),
            session: Session::new(wire, target, manner, spec.slips, spec.rewrites),
            source,
            stumbled: BTreeSet::new(),
            made: BTreeSet::new(),
            failed: Vec::new(),
        }
    }

    /// Does what the client does when it is set up.
    pub async fn connect(&mut self) -> Done {
        let result = self.state.connect(&self.session).await;
        let problems = result.err().map(|why| Problem { about: None, why });
        Done { exchanges: self.session.take_log(), problems: problems.into_iter().collect() }
    }

    /// Carries out an action at the source and tells what came of it.
    pub async fn act(&mut self, action: &Action) -> Result<Done, Impossible> {
        let events = self.source.apply(action)?;
        self.failed.clear();
        Ok(self.tell(events).await)
    }

    /// The next cycle of the client: tells what could not be told of the last action.
    pub async fn again(&mut self) -> Done {
        let events = std::mem::take(&mut self.failed);
        self.tell(events).await
    }

    async fn tell(&mut self, events: Vec<Event>) -> Done {
        let mut problems = Vec::new();
        for event in events {
            let about = event.about();
            if let Err(why) = self.state.tell(&event, &self.source, &self.session).await {
                self.stumbled.extend(about.clone());
                problems.push(Problem { about, why });
                self.failed.push(event);
            }
        }
        if let Err(why) = self.state.finish(&self.source, &self.session).await {
            problems.push(Problem { about: None, why });
        }
        let exchanges = self.session.take_log();
        let answers = exchanges.iter().filter_map(|one| {
            Some((one.request.method, one.request.path(), one.answer.as_ref().ok()?))
        });
        self.made
            .extend(answers.filter_map(|(method, path, answer)| created(method, path, answer)));
        Done { exchanges, problems }
    }

    /// Whom the service provider must have already before this action; see
    /// [`Directory::beforehand`].
    pub fn beforehand(&self, action: &Action) -> Option<Person> {
        self.source.beforehand(action)
    }

    /// Creates a person by another hand than the client's: plainly, once. For scripts that need
    /// somebody who is there already.
    pub async fn plant(&mut self, person: &Person) -> Result<Answer, Broken> {
        let body = shape::user(Provider::Rfc7644.profile(), person);
        let request = Request::write(Method::Post, "/Users", &body)
            .with_header("Content-Type", "application/scim+json")
            .with_header("Accept", "application/scim+json")
            .with_header("User-Agent", ANOTHER_HAND);
        let answer = self.session.plainly(request).await?;
        self.made.extend(created(Method::Post, "/Users", &answer));
        Ok(answer)
    }

    /// Reads all resources under an endpoint, plainly, to see what the service provider has. Not the
    /// client's.
    pub async fn read_back(&self, sort: Sort) -> Result<Vec<Value>, String> {
        let mut all = Vec::new();
        for _ in 0..PAGES {
            let to = format!("{}?startIndex={}&count=100", sort.endpoint(), all.len() + 1);
            let request = Request::get(to)
                .with_header("Accept", "application/scim+json")
                .with_header("User-Agent", ANOTHER_HAND);
            let answer =
                self.session.plainly(request).await.map_err(|broken| broken.to_string())?;
            let list = answer.list().filter(|_| answer.is_success());
            let (resources, total) = list
                .ok_or_else(|| format!("GET {} was answered {}", sort.endpoint(), answer.status))?;
            let empty = resources.is_empty();
            all.extend(resources);
            if empty || all.len() >= total {
                break;
            }
        }
        Ok(all)
    }

    /// Deletes all that was made here and the client has an id of, groups first, plainly. How many
    /// went, and what stays behind: it was there before, or cannot be deleted.
    pub async fn clean_up(&self) -> (usize, Vec<String>) {
        let (mut gone, mut left) = (0, Vec::new());
        let links = self.state.links();
        for of in [Sort::Group, Sort::Person] {
            for (_, name, id) in links.all().filter(|(sort, _, _)| *sort == of) {
                if !self.made.contains(id) {
                    left.push(format!("{name}: not made here, as far as is known"));
                    continue;
                }
                let request = Request::delete(format!("{}/{id}", of.endpoint()))
                    .with_header("User-Agent", ANOTHER_HAND);
                match self.session.plainly(request).await {
                    Ok(answer) if answer.is_success() || answer.status == 404 => gone += 1,
                    Ok(answer) => left.push(format!("{name}: answered {}", answer.status)),
                    Err(broken) => left.push(format!("{name}: {broken}")),
                }
            }
        }
        (gone, left)
    }

    /// The source as it is now.
    pub fn source(&self) -> &Directory {
        &self.source
    }

    /// The ids that the client has learned.
    pub fn links(&self) -> &Links {
        self.state.links()
    }

    /// About whom and what the client could not tell something.
    pub fn stumbled(&self) -> &BTreeSet<(Sort, String)> {
        &self.stumbled
    }

    /// Which client this is.
    pub fn provider(&self) -> Provider {
        self.provider
    }
}

/// The id of what a request made.
fn created(method: Method, path: &str, answer: &Answer) -> Option<String> {
    let path = path.trim_matches('/');
    let creates = method == Method::Post && ["Users", "Groups"].contains(&path);
    if creates && answer.is_success() { answer.id() } else { None }
}

impl Event {
    /// About whom or what it is.
    pub fn about(&self) -> Option<(Sort, String)> {
        match self {
            Self::PersonCreated(name)
            | Self::PersonChanged(name, _)
            | Self::ManagerChanged(name)
            | Self::PersonDeactivated(name)
            | Self::PersonReactivated(name)
            | Self::PersonDeleted(name) => Some((Sort::Person, name.clone())),
            Self::GroupCreated(name)
            | Self::MembersAdded(name, _)
            | Self::MembersRemoved(name, _)
            | Self::GroupRenamed(name)
            | Self::GroupDeleted(name) => Some((Sort::Group, name.clone())),
            Self::Import => None,
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.about {
            Some((Sort::Person, name)) => write!(f, "{name}: {}", self.why),
            Some((Sort::Group, name)) => write!(f, "group {name}: {}", self.why),
            None => f.write_str(&self.why),
        }
    }
}

//! Finding one person among many by whatever names them.

use std::sync::Arc;

use provisor::diagnostic::suggest;
use provisor::scim::compare::compared;
use serde_json::Value;

use crate::exit::Stop;
use crate::output::{self, Output};
use crate::parallel;
use crate::people::{self, Chunk, Expected};

/// What is looked for.
#[derive(Debug)]
pub struct Search {
    wanted: String,
    compared: String,
}

/// A person who is meant.
#[derive(Debug, Clone)]
pub struct Found {
    /// The file as shown to people.
    pub file: Arc<str>,
    /// Line of the file.
    pub line: u64,
    /// userName, or what else names the person.
    pub name: String,
    /// The User.
    pub json: Vec<u8>,
}

impl Found {
    /// `people.json:7`
    pub fn place(&self) -> String {
        format!("{}:{}", self.file, self.line)
    }
}

/// What a search came to.
#[derive(Debug, Default)]
pub struct Searched {
    /// Those who fit best; more than one if they fit equally well.
    pub found: Vec<Found>,
    fit: Option<Fit>,
    /// A name that is nearly the wanted one.
    pub near: Option<String>,
    /// How many people were looked at.
    pub looked_at: u64,
    /// How many could not be.
    pub unread: u64,
    /// Where the first of these is: `people.json:7`.
    pub first_unread: Option<String>,
    remark: Option<String>,
}

/// How well a name fits, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// userName, id, externalId or an e-mail address.
    Whole,
    /// The part of userName or of an e-mail address before the `@`, or displayName.
    Part,
}

impl Search {
    /// For a person; letter case does not count.
    pub fn new(wanted: &str) -> Self {
        Self { wanted: wanted.to_owned(), compared: compared(wanted, false).into_owned() }
    }

    /// Looks through files, on all cores.
    pub fn run(self: Arc<Self>, files: &[String], output: &Output) -> Result<Searched, Stop> {
        let mut all = Searched::default();
        for file in files {
            let (chunks, _) = people::open(file, Expected::Users)?;
            let search = self.clone();
            let work = move |chunk: Result<Chunk, _>| chunk.map(|chunk| search.look(&chunk));
            parallel::in_order(chunks, work, |some| {
                let some = some?;
                if let Some(remark) = &some.remark {
                    output.remark(&output::shown(remark));
                }
                all.add(some);
                Ok(())
            })?;
        }
        let names = all.near.take();
        all.near = names.filter(|_| all.found.is_empty());
        Ok(all)
    }

    fn look(&self, chunk: &Chunk) -> Searched {
        let mut searched = Searched { remark: chunk.remark.clone(), ..Searched::default() };
        let mut names = Vec::new();
        for resource in chunk.resources() {
            let user = resource.json.and_then(|json| serde_json::from_slice::<Value>(json).ok());
            let (Some(json), Some(user)) = (resource.json, user.filter(Value::is_object)) else {
                searched.unread += 1;
                let place = || format!("{}:{}", chunk.file, resource.line);
                searched.first_unread.get_or_insert_with(place);
                continue;
            };
            searched.looked_at += 1;
            let whole = whole_names(&user);
            if let Some(fit) = self.fit(&user, &whole) {
                let name = whole.first().copied().unwrap_or_default().to_owned();
                let file = chunk.file.clone();
                let found = Found { file, line: resource.line, name, json: json.to_vec() };
                searched.add(Searched {
                    found: vec![found],
                    fit: Some(fit),
                    ..Searched::default()
                });
            } else if let Some(name) = whole.first() {
                names.push((*name).to_owned());
            }
        }
        let parts = names.iter().flat_map(|name| [name.as_str(), before_at(name)]);
        searched.near = suggest::nearest(&self.wanted, parts).map(str::to_owned);
        searched
    }

    fn fit(&self, user: &Value, whole: &[&str]) -> Option<Fit> {
        let is = |name: &str| compared(name, false) == self.compared;
        if whole.iter().any(|name| is(name)) {
            return Some(Fit::Whole);
        }
        let display = user.get("displayName").and_then(Value::as_str);
        let parts = whole.iter().filter(|name| name.contains('@')).map(|name| before_at(name));
        parts.chain(display).any(is).then_some(Fit::Part)
    }
}

impl Searched {
    /// What could not be looked at, in words.
    pub fn missed(&self) -> Option<String> {
        let place = self.first_unread.as_ref()?;
        Some(match self.unread {
            1 => format!("1 person could not be read, at {place}"),
            many => format!("{many} people could not be read, the first at {place}"),
        })
    }

    fn add(&mut self, other: Self) {
        self.looked_at += other.looked_at;
        self.unread += other.unread;
        self.first_unread = self.first_unread.take().or(other.first_unread);
        if let Some(near) = other.near
            && self.near.is_none()
        {
            self.near = Some(near);
        }
        match (self.fit, other.fit) {
            (_, None) => {}
            (Some(mine), Some(theirs)) if mine < theirs => {}
            (Some(mine), Some(theirs)) if mine == theirs => self.found.extend(other.found),
            (_, Some(theirs)) => {
                self.fit = Some(theirs);
                self.found = other.found;
            }
        }
    }
}

/// What names a user as a whole, `userName` first.
fn whole_names(user: &Value) -> Vec<&str> {
    let one = |name: &str| user.get(name).and_then(Value::as_str);
    let emails = user.get("emails").and_then(Value::as_array).into_iter().flatten();
    let emails = emails.filter_map(|email| email.get("value").unwrap_or(email).as_str());
    ["userName", "id", "externalId"].into_iter().filter_map(one).chain(emails).collect()
}

fn before_at(name: &str) -> &str {
    name.split('@').next().unwrap_or(name)
}

//! Look-ups and lists.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Model;
use crate::directory::Directory;
use crate::field::Field;
use crate::http::encode::{bare_literal, literal, percent};
use crate::http::{Answer, Request};
use crate::links::{Sort, id_of, refused, said};
use crate::session::Session;
use crate::slip::Slip;

/// Resources of a page that are asked for.
const PAGE: usize = 100;
/// Pages of one list at most.
const PAGES: usize = 20_000;
/// Pages beyond the end that a client with a slip reads before it gives up after all.
const BEYOND: usize = 20;

impl Model {
    /// The resource whose unique text is this: a person's `userName`, a group's `displayName`.
    pub(super) async fn find(
        &self,
        sort: Sort,
        text: &str,
        session: &Session,
    ) -> Result<Option<Value>, String> {
        let attribute = unique(sort);
        let is_it = |one: &Value| {
            let value = one.get(attribute).and_then(Value::as_str).unwrap_or_default();
            value.to_lowercase() == text.to_lowercase()
        };
        if !self.offer.filter {
            return Ok(self.scan(sort, session).await?.into_iter().find(is_it));
        }
        let mut to = format!("{}?filter={}", sort.endpoint(), filter(attribute, text, session));
        if sort == Sort::Group {
            to.push_str("&excludedAttributes=members");
        }
        let request = Request::get(to);
        let what = said(&request);
        let answer = session.ask(request).await.map_err(|broken| format!("{what}: {broken}"))?;
        match (answer.status, answer.list()) {
            (404, _) if !session.slips(Slip::NotFoundIsFatal) => Ok(None),
            (200, Some((resources, _))) => Ok(resources.into_iter().find(is_it)),
            (200, None) => Err(format!("{what} was answered with something but a list")),
            _ => Err(refused(&what, &answer)),
        }
    }

    /// All resources, each once.
    pub(super) async fn scan(&self, sort: Sort, session: &Session) -> Result<Vec<Value>, String> {
        let pages = if self.offer.cursor_only {
            self.by_cursor(sort, session).await?
        } else {
            self.by_index(sort, session).await?
        };
        let mut seen = BTreeSet::new();
        let new = |one: &Value| id_of(one).is_none_or(|id| seen.insert(id));
        Ok(pages.into_iter().filter(new).collect())
    }

    /// The next page begins behind what came, and the end is where nothing comes: a provider may
    /// send less than was asked for (RFC 7644, 3.4.2.4).
    async fn by_index(&self, sort: Sort, session: &Session) -> Result<Vec<Value>, String> {
        let trusting = session.slips(Slip::TrustsTotal);
        let mut all = Vec::new();
        let mut beyond = 0;
        for _ in 0..PAGES {
            let first = all.len() + usize::from(!session.slips(Slip::CountsFromZero));
            let query = format!("startIndex={first}&count={PAGE}");
            let answer = page(sort, &query, session).await?;
            let (resources, total) =
                answer.list().ok_or_else(|| "a page is something but a list".to_owned())?;
            let empty = resources.is_empty();
            all.extend(resources);
            if all.len() >= total {
                break;
            }
            if empty {
                beyond += 1;
                if !trusting || beyond >= BEYOND {
                    break;
                }
            }
        }
        Ok(all)
    }

    /// RFC 9865: the end is where no `nextCursor` comes; a cursor that expired begins anew once.
    async fn by_cursor(&self, sort: Sort, session: &Session) -> Result<Vec<Value>, String> {
        let mut all = Vec::new();
        let mut cursor = String::new();
        let (mut anew, mut beyond) = (false, 0);
        for _ in 0..PAGES {
            let query = format!("cursor={}&count={PAGE}", percent(&cursor));
            let answer = match page(sort, &query, session).await {
                Err(why) if why.contains("expiredCursor") && !anew => {
                    anew = true;
                    all.clear();
                    cursor.clear();
                    continue;
                }
                other => other?,
            };
            let body = answer.json();
            let resources = body.get("Resources").and_then(Value::as_array).cloned();
            all.extend(resources.unwrap_or_default());
            match body.get("nextCursor").and_then(Value::as_str) {
                Some(next) if !next.is_empty() => cursor = next.to_owned(),
                _ if session.slips(Slip::GoesOnWithoutCursor) && beyond < 3 => beyond += 1,
                _ => break,
            }
        }
        Ok(all)
    }

    /// Reads everything. Lists may change while they are read, so who was not in them is asked for
    /// before anything is concluded.
    pub(super) async fn import(
        &mut self,
        source: &Directory,
        session: &Session,
    ) -> Result<(), String> {
        for sort in [Sort::Person, Sort::Group] {
            let found: BTreeSet<String> =
                self.scan(sort, session).await?.iter().filter_map(id_of).collect();
            let missing: Vec<(String, String)> = self
                .links
                .all()
                .filter(|(of, _, id)| *of == sort && !found.contains(*id))
                .map(|(_, name, id)| (name.to_owned(), id.to_owned()))
                .collect();
            for (name, id) in missing {
                if session.slips(Slip::TrustsScan) {
                    self.links.forget(sort, &name);
                    self.post_anew(sort, &name, source, session).await?;
                    continue;
                }
                let request = Request::get(format!("{}/{id}", sort.endpoint()));
                let answer = session.ask(request).await.map_err(|broken| broken.to_string())?;
                if answer.status == 404 {
                    self.lost(sort, &name, source, session).await?;
                }
            }
        }
        Ok(())
    }
}

/// The attribute by which a resource is found.
pub(super) fn unique(sort: Sort) -> &'static str {
    match sort {
        Sort::Person => "userName",
        Sort::Group => "displayName",
    }
}

/// The unique text of a person or group of the source.
pub(super) fn unique_text(sort: Sort, name: &str, source: &Directory) -> Option<String> {
    match sort {
        Sort::Person => source.person(name)?.values.get(&Field::UserName).cloned(),
        Sort::Group => Some(source.group(name)?.name.clone()),
    }
}

async fn page(sort: Sort, query: &str, session: &Session) -> Result<Answer, String> {
    let without = if sort == Sort::Group { "&excludedAttributes=members" } else { "" };
    let request = Request::get(format!("{}?{query}{without}", sort.endpoint()));
    crate::links::must(session, request).await
}

/// `attribute eq "text"`, encoded.
fn filter(attribute: &str, text: &str, session: &Session) -> String {
    let text = if session.slips(Slip::LiteralUnquoted) {
        text.to_owned()
    } else if session.slips(Slip::LiteralUnescaped) {
        bare_literal(text)
    } else {
        literal(text)
    };
    let encoded = percent(&format!("{attribute} eq {text}"));
    if session.slips(Slip::PlusRaw) {
        encoded.replace("%2B", "+")
    } else if session.slips(Slip::EncodedTwice) {
        encoded.replace("%40", "%2540").replace("%2B", "%252B")
    } else {
        encoded
    }
}

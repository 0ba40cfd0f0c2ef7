//! Takes away what a run left: what is known by its path, and what bears the run's mark where an
//! answer was lost.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value;
use tokio::task::JoinSet;

use super::shape::{encoded, next_page, segment, usual};
use super::shared::Run;
use super::shown::bears;
use crate::expect::at;
use crate::http::Request;
use crate::scenario::{Credential, Walk};

/// What came of it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Swept {
    /// Paths that are gone now.
    pub(crate) gone: Vec<String>,
    /// Paths that are still there.
    pub(crate) left: Vec<(String, Credential)>,
    /// Endpoints that could not be searched as a whole.
    pub(crate) unsearched: Vec<String>,
}

/// Pages of a list that are searched where filters do not help.
const PAGES: usize = 500;
/// Of resources of others a few are enough.
const OTHERS: usize = 100;

/// Resources that are taken away at once.
const AT_ONCE: usize = 4;

/// Deletes what is at `paths`, and what bears one of the marks at the endpoints of `lost`.
/// Nothing is deleted by mark that does not have it in a name.
pub(crate) async fn take_away(
    run: &Arc<Run>,
    paths: &[(String, Credential)],
    lost: &[(String, Credential)],
    marks: &[String],
) -> Swept {
    let mut swept = Swept::default();
    let mut all: Vec<(String, Credential)> = paths.to_vec();
    for (endpoint, with) in places(lost) {
        let (found, whole) = find(run, endpoint, with, marks).await;
        all.extend(found.into_iter().map(|path| (path, with)));
        if !whole && !swept.unsearched.iter().any(|one| one == endpoint) {
            swept.unsearched.push(endpoint.to_owned());
        }
    }
    all.sort_unstable_by(|one, other| one.0.cmp(&other.0));
    all.dedup_by(|one, other| one.0 == other.0);
    let kept = run.kept();
    all.retain(|(path, _)| !kept.contains(path));
    delete(run, all, &mut swept).await;
    if run.ledger.is_doubted() && !swept.gone.is_empty() {
        look_again(run, marks, &mut swept).await;
    }
    swept.left.sort_unstable();
    swept
}

/// What bears one of the marks, at every endpoint that could be searched as far as it could.
pub(crate) async fn own(run: &Run, marks: &[String]) -> Vec<(String, Credential)> {
    let mut all = Vec::new();
    for endpoint in ["/Users", "/Groups"] {
        let (found, _) = find(run, endpoint, Credential::Main, marks).await;
        all.extend(found.into_iter().map(|path| (path, Credential::Main)));
    }
    all
}

/// Where to look for what came of requests, each place once for each credential.
fn places(lost: &[(String, Credential)]) -> BTreeSet<(&'static str, Credential)> {
    let mut places = BTreeSet::new();
    for (endpoint, with) in lost {
        // Who is nobody cannot look for it.
        let with = match with {
            Credential::None | Credential::Invalid => Credential::Main,
            other => *other,
        };
        // A bulk request may have made any of them.
        let here: &[&str] = match endpoint.as_str() {
            "/Users" => &["/Users"],
            "/Groups" => &["/Groups"],
            _ => &["/Users", "/Groups"],
        };
        places.extend(here.iter().map(|place| (*place, with)));
    }
    places
}

/// Deletes some, several at once; what is not gone then, once more by itself, since some servers
/// bear no two writers.
async fn delete(run: &Arc<Run>, all: Vec<(String, Credential)>, swept: &mut Swept) {
    let mut deleting = JoinSet::new();
    let mut again = Vec::new();
    let mut all = all.into_iter();
    loop {
        while deleting.len() < AT_ONCE
            && let Some((path, with)) = all.next()
        {
            run.ledger.found(&path, with);
            let run = Arc::clone(run);
            deleting.spawn(async move { (run.take_away(&path, with).await, path, with) });
        }
        match deleting.join_next().await {
            None => break,
            Some(Ok((true, path, with))) => swept.settle(run, path, with),
            Some(Ok((false, path, with))) => again.push((path, with)),
            // Broken off together with all of this.
            Some(Err(_)) => {}
        }
    }
    again.sort_unstable();
    for (path, with) in again {
        if run.take_away(&path, with).await {
            swept.settle(run, path, with);
        } else {
            swept.left.push((path, with));
        }
    }
    swept.gone.sort_unstable();
}

/// Where DELETE is not believed, only what is not shown any more is gone.
async fn look_again(run: &Run, marks: &[String], swept: &mut Swept) {
    for (path, with) in own(run, marks).await {
        if let Some(place) = swept.gone.iter().position(|one| *one == path) {
            swept.gone.remove(place);
            run.ledger.found(&path, with);
            swept.left.push((path, with));
        }
    }
}

impl Swept {
    /// DELETE was answered as done. What was shown after that once does not count as gone.
    fn settle(&mut self, run: &Run, path: String, with: Credential) {
        match run.ledger.whose(&path) {
            None => self.gone.push(path),
            Some(_) => self.left.push((path, with)),
        }
    }
}

/// What bears one of the marks at an endpoint, and whether everything there was looked at. A short
/// list is read as a whole. Of a long one a filter is asked; but an empty answer to a filter says
/// nothing of a server that does not filter, so it counts only where the same filter finds somebody
/// who is known to be there. Else the list is read to its end.
async fn find(
    run: &Run,
    endpoint: &str,
    with: Credential,
    marks: &[String],
) -> (Vec<String>, bool) {
    let name = if endpoint == "/Users" { "userName" } else { "displayName" };
    let with_name = |part: &str| format!("{endpoint}?filter={name} co \"{part}\"&count=500");
    let list = format!("{endpoint}?startIndex=1&count=100");
    let first = search(run, endpoint, &list, with, marks, 1).await;
    if first.whole {
        return (first.found, true);
    }
    let mut found = first.found;
    let control = first.others.iter().filter_map(|one| at(one, &format!("/{name}"))?.as_str());
    let mut control =
        control.into_iter().find(|name| !name.is_empty() && !name.contains(['"', '\\']));
    let mut filters = false;
    for mark in marks {
        let one = std::slice::from_ref(mark);
        let filtered = search(run, endpoint, &with_name(mark), with, one, PAGES).await;
        let is_filtered = filtered.whole && filtered.others.is_empty();
        filters |= is_filtered && !filtered.found.is_empty();
        found.extend(filtered.found);
        // One look whether it filters is enough for all marks.
        if is_filtered
            && !filters
            && let Some(somebody) = control.take()
        {
            let one = [somebody.to_owned()];
            let looked = search(run, endpoint, &with_name(somebody), with, &one, 1).await;
            filters = !looked.found.is_empty() && looked.others.is_empty();
        }
        if !(is_filtered && filters) {
            let all = search(run, endpoint, &list, with, marks, PAGES).await;
            found.extend(all.found);
            return (found, all.whole);
        }
    }
    (found, true)
}

/// What pages of a query have.
#[derive(Debug, Default)]
struct Searched {
    /// Paths of what bears a mark.
    found: Vec<String>,
    /// What does not.
    others: Vec<Value>,
    /// As many came as the server says that there are.
    whole: bool,
}

/// Reads at most so many pages of a query.
async fn search(
    run: &Run,
    endpoint: &str,
    target: &str,
    with: Credential,
    marks: &[String],
    pages: usize,
) -> Searched {
    let mut request = Request {
        method: "GET".to_owned(),
        target: encoded(target),
        headers: usual(false),
        body: None,
    };
    let (mut searched, mut ids, mut seen) = (Searched::default(), BTreeSet::new(), 0);
    for _ in 0..pages {
        let Ok(answer) = run.send_patiently(&request, with).await else { break };
        let Some(body) = answer.json().filter(|_| answer.is_success()) else { break };
        let page = at(&body, "/Resources").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        for one in page {
            let Some(id) = at(one, "/id").and_then(Value::as_str) else { continue };
            ids.insert(id.to_owned());
            if marks.iter().any(|mark| bears(one, mark)) {
                searched.found.push(format!("{endpoint}/{}", segment(id)));
            } else if searched.others.len() < OTHERS {
                searched.others.push(one.clone());
            }
        }
        seen += page.len();
        let total = at(&body, "/totalResults").and_then(Value::as_u64);
        // Counted by ids: a server that knows no pages gives the first one again and again.
        searched.whole =
            total.is_some_and(|total| u64::try_from(ids.len()).is_ok_and(|has| has >= total));
        match next_page(&request.target, Walk::Index, &body, page.len(), seen) {
            Some(next) => request.target = next,
            None => break,
        }
    }
    searched
}

//! Takes away what a run left: what is known by its path, and what bears the run's mark where an
//! answer was lost.

use std::collections::BTreeSet;

use serde_json::Value;

use super::shape::{encoded, next_page, segment, usual};
use super::shared::Run;
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

/// Deletes what is at `paths`, and what bears one of the marks at the endpoints of `lost`.
/// Nothing is deleted by mark that does not have it in a name.
pub(crate) async fn take_away(
    run: &Run,
    paths: &[(String, Credential)],
    lost: &[(String, Credential)],
    marks: &[String],
) -> Swept {
    let mut swept = Swept::default();
    let mut all: Vec<(String, Credential)> = paths.to_vec();
    let mut places: Vec<(&str, Credential)> = Vec::new();
    for (endpoint, with) in lost {
        // A bulk request may have made any of them; who is nobody cannot look for it.
        let with = if matches!(with, Credential::None | Credential::Invalid) {
            Credential::Main
        } else {
            *with
        };
        let here: &[&str] = match endpoint.as_str() {
            "/Users" => &["/Users"],
            "/Groups" => &["/Groups"],
            _ => &["/Users", "/Groups"],
        };
        places.extend(here.iter().map(|place| (*place, with)));
    }
    places.sort_unstable();
    places.dedup();
    for (endpoint, with) in places {
        let (found, whole) = find(run, endpoint, with, marks).await;
        all.extend(found.into_iter().map(|path| (path, with)));
        if !whole && !swept.unsearched.iter().any(|one| one == endpoint) {
            swept.unsearched.push(endpoint.to_owned());
        }
    }
    all.sort_unstable_by(|one, other| one.0.cmp(&other.0));
    all.dedup_by(|one, other| one.0 == other.0);
    let kept = run.kept();
    for (path, with) in all.into_iter().filter(|(path, _)| !kept.contains(path)) {
        run.ledger.found(&path, with);
        if run.take_away(&path, with).await {
            swept.gone.push(path);
        } else {
            swept.left.push((path, with));
        }
    }
    swept
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
        let Ok(answer) = run.send(&request, with).await else { break };
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

/// Whether a resource has the mark in one of its names.
fn bears(resource: &Value, mark: &str) -> bool {
    let has = |name: &&str| {
        at(resource, name).and_then(Value::as_str).is_some_and(|text| text.contains(mark))
    };
    ["/userName", "/displayName", "/externalId"].iter().any(has)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_names_with_the_mark_make_a_resource_ours() {
        assert!(bears(&json!({ "userName": "x-pvc1-ann@b" }), "pvc1"));
        assert!(bears(&json!({ "externalId": "pvc1" }), "pvc1"));
        assert!(!bears(&json!({ "userName": "ann", "title": "pvc1" }), "pvc1"));
        assert!(!bears(&json!({ "userName": "pvc2" }), "pvc1"));
    }
}

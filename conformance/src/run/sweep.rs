//! Takes away what a run left: what is known by its path, and what bears the run's mark where an
//! answer was lost.

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
    /// Endpoints that could not be searched.
    pub(crate) unsearched: Vec<String>,
}

/// Pages of a list that are searched where filters do not help.
const PAGES: usize = 500;

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
    places.sort_unstable_by_key(|(place, with)| (*place, format!("{with:?}")));
    places.dedup();
    for (endpoint, with) in places {
        for mark in marks {
            match find(run, endpoint, with, mark).await {
                Some(found) => all.extend(found.into_iter().map(|path| (path, with))),
                None => swept.unsearched.push(endpoint.to_owned()),
            }
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

/// The paths of resources that bear a mark: by a filter, or by a look at all of them.
async fn find(run: &Run, endpoint: &str, with: Credential, mark: &str) -> Option<Vec<String>> {
    let name = if endpoint == "/Users" { "userName" } else { "displayName" };
    let by_filter = format!("{endpoint}?filter={name} co \"{mark}\"&count=500");
    if let Some((found, all)) = search(run, endpoint, &by_filter, with, mark).await
        && all
    {
        return Some(found);
    }
    search(run, endpoint, &format!("{endpoint}?startIndex=1&count=100"), with, mark)
        .await
        .map(|(found, _)| found)
}

/// What bears the mark on the pages of a query, and whether everything there does.
async fn search(
    run: &Run,
    endpoint: &str,
    target: &str,
    with: Credential,
    mark: &str,
) -> Option<(Vec<String>, bool)> {
    let mut request = Request {
        method: "GET".to_owned(),
        target: encoded(target),
        headers: usual(false),
        body: None,
    };
    let (mut found, mut only, mut seen) = (Vec::new(), true, 0);
    for _ in 0..PAGES {
        let answer = run.send(&request, with).await.ok()?;
        let body = answer.json().filter(|_| answer.is_success())?;
        let page = at(&body, "/Resources").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        for one in page {
            match at(one, "/id").and_then(Value::as_str).filter(|_| bears(one, mark)) {
                Some(id) => found.push(format!("{endpoint}/{}", segment(id))),
                None => only = false,
            }
        }
        seen += page.len();
        match next_page(&request.target, Walk::Index, &body, page.len(), seen) {
            Some(next) => request.target = next,
            None => break,
        }
    }
    Some((found, only))
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

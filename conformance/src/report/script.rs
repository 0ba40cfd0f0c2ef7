//! What leads to each finding of an entry, as lines for a shell that work again after the run has
//! taken everything away: an id that an answer gave is a variable in the lines behind it.

use std::collections::BTreeMap;

use super::curl::quoted;
use super::redact::REDACTED;
use super::{Entry, Exchange, Report};

/// The lines of one finding.
pub(super) struct Lines {
    /// What was sent before, to make what the finding is about.
    pub(super) before: Vec<String>,
    /// One for each of its exchanges.
    pub(super) then: Vec<String>,
}

/// An id with the name of the variable that stands for it.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub(super) id: String,
    pub(super) variable: String,
}

/// The lines of each finding, in their order. They build on those of the findings before.
pub(super) fn of(entry: &Entry) -> Vec<Lines> {
    let all: Vec<&Exchange> =
        entry.findings.iter().flat_map(|one| one.before.iter().chain(&one.exchanges)).collect();
    let mut known: Vec<Known> = Vec::new();
    let mut lines = all.iter().enumerate().map(|(place, exchange)| {
        let later = all.get(place + 1..).unwrap_or_default();
        let id = made(exchange).filter(|id| {
            let new = known.iter().all(|one| one.id != *id);
            new && later.iter().any(|other| mentions(other, id))
        });
        let Some(id) = id else { return exchange.request.line("curl -i", &known) };
        let variable = format!("ID_{}", known.len() + 1);
        let line = exchange.request.line("curl -s", &known);
        // A command, since an interactive zsh reads no comments.
        let line = format!("{variable}=$({line} | jq -r .id); : it was {}", quoted(&id));
        known.push(Known { id, variable });
        line
    });
    let mut take = |count: usize| lines.by_ref().take(count).collect::<Vec<_>>();
    let findings = entry.findings.iter();
    findings
        .map(|one| Lines { before: take(one.before.len()), then: take(one.exchanges.len()) })
        .collect()
}

/// What the shell must hold for the lines of a report, in words; none where they need nothing.
pub(super) fn needs(report: &Report) -> Option<String> {
    let mut variables: BTreeMap<&str, String> = BTreeMap::new();
    let findings = report.entries.iter().filter(|one| one.is_finding());
    let findings = findings.flat_map(|entry| &entry.findings);
    for exchange in findings.flat_map(|one| one.before.iter().chain(&one.exchanges)) {
        // What was received is told, and not repeated by curl.
        let sent = Some(&exchange.request).filter(|request| !request.received);
        let Some(variable) = sent.and_then(|request| request.credential.as_ref()) else { continue };
        let proof = exchange.request.headers.iter().find(|(_, value)| value.contains(REDACTED));
        let Some((name, value)) = proof else { continue };
        variables.entry(variable).or_insert_with(|| match value.split_once(' ') {
            Some(("Bearer", _)) => "the bearer token".to_owned(),
            Some(("Basic", _)) => "user:password in Base64".to_owned(),
            _ => format!("the value of the header {name}"),
        });
    }
    if variables.is_empty() {
        return None;
    }
    let exports = variables.into_iter().map(|(name, what)| format!("export {name}=… ({what})"));
    Some(exports.collect::<Vec<_>>().join(", "))
}

/// The id of what a request made, where a line can ask for it again.
fn made(exchange: &Exchange) -> Option<String> {
    let answer = exchange.answer.as_ref().filter(|one| (200..300).contains(&one.status))?;
    let whole = exchange.request.body.as_ref().is_none_or(|body| !body.cut);
    let body: serde_json::Value = serde_json::from_str(&answer.body.as_ref()?.text).ok()?;
    let id = body.get("id")?.as_str().filter(|id| !id.is_empty() && !id.contains('\n'))?;
    (whole && exchange.request.method == "POST").then(|| id.to_owned())
}

fn mentions(exchange: &Exchange, id: &str) -> bool {
    let body = exchange.request.body.as_ref().map_or("", |body| body.text.as_str());
    [exchange.request.url.as_str(), body].iter().any(|text| replaced(text, id, "") != **text)
}

/// A text with something else in place of an id, wherever the id stands by itself: as a segment of
/// a path, or between quotation marks, plain or encoded.
pub(super) fn replaced(text: &str, id: &str, by: &str) -> String {
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    while let Some((before, behind)) = rest.split_once(id) {
        out.push_str(before);
        let begins = ["/", "\"", "%22"].iter().any(|one| out.ends_with(one));
        let ends = behind.is_empty()
            || ["/", "\"", "%22", "?", "&", "\\\""].iter().any(|one| behind.starts_with(one));
        out.push_str(if begins && ends { by } else { id });
        rest = behind;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_replaced_where_it_stands_by_itself() {
        let by = |text: &str| replaced(text, "12", "X");
        assert_eq!(by("http://h:8012/Users/12?a=12"), "http://h:8012/Users/X?a=12");
        assert_eq!(by("/Users?filter=id%20eq%20%2212%22"), "/Users?filter=id%20eq%20%22X%22");
        assert_eq!(
            by(r#"{"value":"12","n":12,"path":"m[value eq \"12\"]","x":"a12"}"#),
            r#"{"value":"X","n":12,"path":"m[value eq \"X\"]","x":"a12"}"#
        );
    }
}

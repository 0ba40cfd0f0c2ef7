//! Exchanges as HAR 1.2, for the network view of a browser and for tools that replay.

use serde_json::{Value, json};

use super::{Body, Entry, Exchange, Redacted};

/// Every exchange that the report holds: those of findings, or all where the run keeps them.
pub fn render(report: &Redacted) -> String {
    let entries: Vec<Value> = report
        .entries
        .iter()
        .flat_map(|entry| exchanges(entry).map(move |(what, one)| (entry, what, one)))
        .map(|(entry, what, one)| shown(report, entry, what, one))
        .collect();
    let log = json!({ "log": {
        "version": "1.2",
        "creator": { "name": "provisor", "version": report.tool },
        "comment": report.subject,
        "entries": entries,
    } });
    format!("{log:#}\n")
}

fn exchanges(entry: &Entry) -> impl Iterator<Item = (&str, &Exchange)> {
    let found = entry.findings.iter().filter(|_| entry.exchanges.is_empty());
    let found =
        found.flat_map(|finding| finding.exchanges.iter().map(|one| (finding.name.as_str(), one)));
    found.chain(entry.exchanges.iter().map(|one| ("", one)))
}

fn shown(report: &Redacted, entry: &Entry, what: &str, exchange: &Exchange) -> Value {
    let Exchange { request, answer, failed, started, millis } = exchange;
    let time = millis.unwrap_or(0.0);
    let mut sent = json!({
        "method": request.method,
        "url": request.url,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": headers(&request.headers),
        "queryString": query(&request.url),
        "headersSize": -1,
        "bodySize": request.body.as_ref().map_or(0, |body| body.bytes),
    });
    if let (Some(body), Some(sent)) = (&request.body, sent.as_object_mut()) {
        let mut data = json!({
            "mimeType": request.header("content-type").unwrap_or_default(),
            "params": [],
            "text": body.text,
        });
        remark(&mut data, body);
        sent.insert("postData".to_owned(), data);
    }
    let body = answer.as_ref().and_then(|answer| answer.body.as_ref());
    let mut content = json!({
        "size": body.map_or(0, |body| body.bytes),
        "mimeType": answer.as_ref().and_then(|one| one.header("content-type")).unwrap_or_default(),
        "text": body.map_or("", |body| body.text.as_str()),
    });
    if let Some(body) = body {
        remark(&mut content, body);
    }
    // By convention status 0 stands for no answer.
    let came = json!({
        "status": answer.as_ref().map_or(0, |answer| answer.status),
        "statusText": "",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": answer.as_ref().map_or_else(|| json!([]), |answer| headers(&answer.headers)),
        "content": content,
        "redirectURL": answer.as_ref().and_then(|one| one.header("location")).unwrap_or_default(),
        "headersSize": -1,
        "bodySize": body.map_or(0, |body| body.bytes),
        "comment": failed.as_deref().unwrap_or_default(),
    });
    let comment = if what.is_empty() { entry.id.clone() } else { format!("{}: {what}", entry.id) };
    json!({
        "startedDateTime": started.as_deref().unwrap_or(&report.started),
        "time": time,
        "request": sent,
        "response": came,
        "cache": {},
        "timings": { "send": 0, "wait": time, "receive": 0 },
        "comment": comment,
    })
}

fn remark(data: &mut Value, body: &Body) {
    if let (Some(note), Some(data)) = (body.note(), data.as_object_mut()) {
        data.insert("comment".to_owned(), Value::String(note));
    }
}

fn headers(headers: &[(String, String)]) -> Value {
    headers.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect()
}

fn query(url: &str) -> Value {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            json!({ "name": name, "value": value })
        })
        .collect()
}

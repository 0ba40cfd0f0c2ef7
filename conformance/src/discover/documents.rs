//! The discovery documents, and what is wrong with an endpoint that has none.

use serde_json::Value;

use crate::expect::at;
use crate::http::{Answer, Client, ClientError, FaultKind, Proof, Request, fault};

/// What the endpoint answers before anything is made.
#[derive(Debug, Default)]
pub(super) struct Documents {
    pub(super) config: Option<Value>,
    pub(super) types: Option<Value>,
    pub(super) schemas: Option<Value>,
    /// `GET /Me` gave a resource.
    pub(super) me: bool,
    /// How many users and groups are there, where that can be read.
    pub(super) there: [Option<u64>; 2],
}

/// Reads them. Fails where the endpoint cannot be tested at all.
pub(super) async fn read(client: &Client, proof: Option<&Proof>) -> Result<Documents, ClientError> {
    let get = |path: &'static str| async move {
        let request = Request {
            method: "GET".to_owned(),
            target: path.to_owned(),
            headers: vec![("accept".to_owned(), "application/scim+json".to_owned())],
            body: None,
        };
        match client.send(&request, proof).await {
            // A document that breaks HTTP is a finding of the scenario about it.
            Err(error) if error.is_a_finding() => Ok((Answer::default(), Some(error))),
            answer => answer.map(|answer| (answer, None)),
        }
    };
    let (users, broken) = get("/Users?count=0").await?;
    // Without it everything would fail for one reason.
    if users.status == 401 {
        return Err(not_accepted(proof));
    }
    if (300..400).contains(&users.status)
        && let Some(place) = users.header("location")
    {
        let message =
            format!("it redirects to {place}, which is another origin; give that as the base URI");
        return Err(refuse(message));
    }
    let (config, broken_too) = get("/ServiceProviderConfig").await?;
    if let (Some(error), Some(_)) = (broken, broken_too) {
        return Err(error);
    }
    let (types, _) = get("/ResourceTypes").await?;
    let (schemas, _) = get("/Schemas").await?;
    is_scim(
        proof,
        &[
            ("/Users", &users),
            ("/ServiceProviderConfig", &config),
            ("/ResourceTypes", &types),
            ("/Schemas", &schemas),
        ],
    )?;
    let (groups, _) = get("/Groups?count=0").await?;
    let (me, _) = get("/Me").await?;
    Ok(Documents {
        config: json(&config),
        types: json(&types),
        schemas: json(&schemas),
        me: me.is_success(),
        there: [how_many(&users), how_many(&groups)],
    })
}

/// Why an endpoint answers 401, as far as the credential that was sent shows it.
pub(crate) fn not_accepted(proof: Option<&Proof>) -> ClientError {
    if proof.is_none() {
        return refuse("it answers 401, and no credential was given")
            .help("give a token in PROVISOR_CONFORM_TOKEN or with --token-file");
    }
    let help = twice(proof).unwrap_or("look whether the token is of this endpoint and still good");
    refuse("it answers 401: it does not accept the credential of this run").help(help)
}

/// What to do about a token that was given with the word that stands before it in the header.
fn twice(proof: Option<&Proof>) -> Option<&'static str> {
    let token = proof?.1.strip_prefix("Bearer ")?.to_ascii_lowercase();
    let help = "the token begins with `Bearer `, which is sent besides; leave that out";
    token.starts_with("bearer ").then_some(help)
}

/// Something of it must be SCIM; else the address is wrong, and 400 failures would say nothing.
fn is_scim(proof: Option<&Proof>, answers: &[(&str, &Answer)]) -> Result<(), ClientError> {
    if answers
        .iter()
        .any(|(_, one)| json(one).is_some_and(|body| body.is_object() || body.is_array()))
    {
        return Ok(());
    }
    let seen = answers.iter().map(|(path, answer)| {
        let kind = answer.header("content-type").unwrap_or("no Content-Type");
        format!("{path} gives {} ({kind})", answer.status)
    });
    let seen = seen.collect::<Vec<_>>().join(", ");
    let error = refuse(format!("nothing there speaks SCIM: {seen}; is the base URI right?"));
    let base = "the base URI is what stands before /Users, often with /scim/v2 at its end";
    // Some answer 400 to that.
    Err(error.help(twice(proof).unwrap_or(base)))
}

fn refuse(message: impl Into<String>) -> ClientError {
    fault(FaultKind::Usage, message)
}

fn json(answer: &Answer) -> Option<Value> {
    answer.is_success().then(|| answer.json()).flatten()
}

/// How many resources a list tells of, or has.
fn how_many(answer: &Answer) -> Option<u64> {
    let body = json(answer)?;
    let told = at(&body, "/totalResults").and_then(Value::as_u64);
    let has = at(&body, "/Resources").and_then(Value::as_array).map(|list| list.len() as u64);
    told.max(has)
}

/// Resources of a ListResponse, or a bare array, or one resource.
pub(super) fn resources(body: &Value) -> Vec<&Value> {
    match (at(body, "/Resources"), body) {
        (Some(Value::Array(list)), _) | (_, Value::Array(list)) => list.iter().collect(),
        _ => vec![body],
    }
}

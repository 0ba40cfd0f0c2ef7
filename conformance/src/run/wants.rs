//! Steps whose body does not fit what an endpoint has: what it wants of every resource is another
//! finding than the one the step is about, and what its schema lacks is none. So the body is made to
//! fit, and the step goes on.

use serde_json::Value;

use super::play::Play;
use super::stop::{Stop, says};
use crate::expect::{Difference, differences};
use crate::fixture::{Extent, fit};
use crate::http::{Answer, Request};
use crate::scenario::{Credential, Step};

/// How often an endpoint may ask for more.
const TRIES: usize = 3;

impl Play<'_> {
    /// Sends a body that was refused again, made to fit. What came last is judged; where nothing
    /// helps, what came first.
    pub(super) async fn with_what_it_asks_for(
        &mut self,
        step: &Step,
        request: Request,
        answer: Answer,
    ) -> Result<(Request, Answer), Stop> {
        let plain = step.repeat.is_empty() && step.larger_than.is_none();
        let endpoint = endpoint_of(&request).filter(|_| plain);
        let (Some(endpoint), Credential::Main) = (endpoint, step.credential) else {
            return Ok((request, answer));
        };
        let (run, first) = (self.run, (request, answer));
        let (mut other, mut left_out) = (None, Vec::new());
        let mut lesson = run.learned.lesson(endpoint);
        for _ in 0..TRIES {
            let (asked, came) = other.as_ref().unwrap_or(&first);
            if !is_refusal(came) || self.is_permitted(step, came)? {
                break;
            }
            let body =
                asked.body.as_deref().and_then(|body| serde_json::from_str::<Value>(body).ok());
            let Some(body) = body.filter(Value::is_object) else { break };
            if step.raw.is_some() {
                return self.fits_as_it_is(endpoint, &body, first, step.credential);
            }
            let mark = self.scope.get("run").and_then(Value::as_str).unwrap_or(&run.mark);
            let fitting = lesson.fitting(self.base(), &run.capabilities, &body, mark, came);
            let Some(fitting) = fitting else { break };
            // What a provider sends, it sends whatever the schema says.
            if !self.scenario.dialects.is_empty() && !fitting.left_out.is_empty() {
                break;
            }
            let again = Request { body: Some(fitting.body.to_string()), ..asked.clone() };
            left_out.extend(fitting.left_out);
            let came = self.send(&again, step.credential).await?;
            other = Some((again, came));
        }
        let last = other.as_ref().unwrap_or(&first);
        if is_refusal(&last.1) {
            return Ok(first);
        }
        if last.1.is_success() {
            run.learned.keep(&lesson);
        }
        self.left_out.extend(left_out);
        if self.scenario.dialects.is_empty() {
            self.may_be_dropped(endpoint, &last.0);
        }
        Ok(other.unwrap_or(first))
    }

    /// A body whose characters are what the step is about cannot be made to fit.
    fn fits_as_it_is(
        &self,
        endpoint: &'static str,
        body: &Value,
        (request, answer): (Request, Answer),
        credential: Credential,
    ) -> Result<(Request, Answer), Stop> {
        let has = &self.run.capabilities;
        if fit(body.clone(), endpoint, self.base(), has, ("step", ""), Extent::All).body == *body {
            return Ok((request, answer));
        }
        let says = says(&answer);
        let message =
            format!("{endpoint} wants another body than the one that this is about{says}");
        let cause = "bodies that are sent as they are do not fit the schema";
        Err(Stop::blocked(message, &request, credential, &answer).because(cause))
    }

    /// Remembers what the schema lacks of what was sent: a server may drop it (RFC 7644, 3.1).
    fn may_be_dropped(&mut self, endpoint: &str, request: &Request) {
        let body = request.body.as_deref().and_then(|body| serde_json::from_str(body).ok());
        let Some(body) = body.filter(Value::is_object) else { return };
        let has = &self.run.capabilities;
        self.left_out.extend(fit(body, endpoint, "", has, ("", ""), Extent::Parts).left_out);
    }

    /// Whether a name such as `ann/externalId` is of an attribute that was left out.
    pub(super) fn was_left_out(&mut self, name: &str) -> bool {
        let attribute = name.split_once('/').map_or("", |(_, attribute)| attribute);
        let Some(path) = self.left_out.iter().find(|path| *path == attribute) else {
            return false;
        };
        self.missed.get_or_insert_with(|| path.clone());
        true
    }

    /// Without what differs only since a body was sent without what the schema does not have.
    pub(super) fn that_count(
        &mut self,
        request: &Request,
        differences: Vec<Difference>,
    ) -> Vec<Difference> {
        let about = |one: &Difference| {
            self.left_out.iter().find(|path| is_about(path, &request.target, one))
        };
        let missed = differences.iter().find_map(about).cloned();
        let counting = differences.into_iter().filter(|one| about(one).is_none()).collect();
        if let Some(path) = missed {
            self.missed.get_or_insert(path);
        }
        counting
    }

    /// Whether an answer is one that the step expects; of a step without an expectation a success.
    pub(super) fn is_permitted(&self, step: &Step, answer: &Answer) -> Result<bool, Stop> {
        Ok(match &step.expect {
            Some(expectation) => {
                let expectation = super::fill::filled(expectation, &self.scope)?;
                differences(&expectation, answer).iter().all(|one| one.place != "status")
            }
            // Each of the ways that are open to a server is an answer to this very body.
            None => answer.is_success() || !step.chosen.is_empty(),
        })
    }
}

/// A body that does not fit is answered so.
fn is_refusal(answer: &Answer) -> bool {
    matches!(answer.status, 400 | 422)
}

/// Whether a difference, or the request whose answer has it, is about an attribute such as
/// `emails/type`.
fn is_about(path: &str, target: &str, difference: &Difference) -> bool {
    let asked = asked_of(target);
    if path.split('/').all(|part| has_word(&asked, part)) {
        return true;
    }
    let place = format!("{}/", difference.place);
    let (name, subs) = path.split_once('/').unwrap_or((path, ""));
    if !place.contains(&format!("/{name}/")) && !place.contains(&format!("/{name}[")) {
        return false;
    }
    // What comes although no schema has it, or nobody may write it, is looked at.
    let last = path.rsplit('/').next().unwrap_or(path);
    if place.ends_with(&format!("/{last}/")) {
        return difference.found == "nothing";
    }
    subs.split('/').all(|sub| place.contains(sub) || difference.expected.contains(sub))
}

/// What the parameters of a target say, without texts that something is compared with: these are
/// values and name no attribute.
fn asked_of(target: &str) -> String {
    let query = target.split_once('?').map_or("", |(_, query)| query);
    let values = query.split('&').filter_map(|one| Some(one.split_once('=')?.1));
    let (mut asked, mut quoted, mut escaped) = (String::new(), false, false);
    for c in decoded(&values.collect::<Vec<_>>().join(" ")).chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if !quoted => asked.push(c),
            _ => {}
        }
    }
    asked
}

/// A text whose characters stand for themselves (RFC 3986, 2.1).
fn decoded(text: &str) -> String {
    let (mut bytes, mut rest) = (Vec::new(), text);
    while let Some((before, after)) = rest.split_once('%') {
        bytes.extend(before.bytes());
        let byte = after.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        rest = match byte {
            Some(_) => after.get(2..).unwrap_or_default(),
            None => after,
        };
        bytes.push(byte.unwrap_or(b'%'));
    }
    bytes.extend(rest.bytes());
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Whether a text has a name in it as a whole word, whatever the case of its letters.
fn has_word(text: &str, name: &str) -> bool {
    let (text, name) = (text.to_ascii_lowercase(), name.to_ascii_lowercase());
    let goes_on = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || "_-$".contains(c));
    text.match_indices(&name).any(|(place, found)| {
        let before = text.get(..place).and_then(|text| text.chars().next_back());
        let after = text.get(place + found.len()..).and_then(|text| text.chars().next());
        !goes_on(before) && !goes_on(after)
    })
}

/// Where a request makes or replaces a whole resource.
fn endpoint_of(request: &Request) -> Option<&'static str> {
    let path = request.target.split('?').next().unwrap_or_default();
    let (kind, id) = match path.strip_prefix('/')?.split_once('/') {
        Some((kind, id)) => (kind, Some(id)),
        None => (path.strip_prefix('/')?, None),
    };
    let whole = match (request.method.as_str(), id) {
        ("POST", None) => true,
        ("PUT", Some(id)) => !id.contains('/'),
        _ => false,
    };
    match kind {
        "Users" if whole => Some("/Users"),
        "Groups" if whole => Some("/Groups"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_about_an_attribute_that_it_names_outside_of_texts() {
        let status = Difference {
            place: "status".to_owned(),
            expected: "200".to_owned(),
            found: "400".to_owned(),
        };
        for (path, target) in [
            ("title", "/Users?filter=title%20eq%20%22x%22"),
            ("title", "/Users?filter=TITLE pr and userName sw \"x\""),
            ("title", "/Users?filter=userName eq \"a \\\" b\" and title pr"),
            ("title", "/Users?sortBy=title&count=2"),
            ("emails/type", "/Users?filter=emails[Type eq \"work\"]"),
            ("emails/$ref", "/Users?attributes=emails.$ref"),
            ("urn:X:User/division", "/Users?attributes=userName,urn:x:user:division"),
        ] {
            assert!(is_about(path, target, &status), "{path} {target}");
        }
        for (path, target) in [
            ("title", "/Users?filter=userName eq \"title\""),
            ("title", "/Users?filter=userName%20eq%20%22the%20title%22"),
            ("title", "/Users?filter=userName eq \"a \\\" title\""),
            ("title", "/Users?filter=subtitle pr or titles pr or title_2 pr"),
            ("emails/type", "/Users?filter=emails.value pr and userType pr"),
            ("count", "/Users?count=2"),
            ("title", "/title"),
        ] {
            assert!(!is_about(path, target, &status), "{path} {target}");
        }
    }

    #[test]
    fn targets_are_decoded_as_far_as_they_can_be() {
        assert_eq!(decoded("a%20b%22%C3%A4%"), "a b\"ä%");
        assert_eq!(decoded("100%zz%4"), "100%zz%4");
    }
}

//! Resources that a scenario is given, and what is learned where an endpoint wants more of them.

use serde_json::Value;

use super::play::Play;
use super::shape::{headers_of, segment, usual};
use super::stop::{Stop, says};
use crate::expect::at;
use crate::http::Request;
use crate::scenario::{Credential, Feature, Fixture};

/// How often an endpoint may ask for more.
const TRIES: usize = 4;

impl Play<'_> {
    /// Users before groups, which may refer to them; otherwise by name.
    pub(super) async fn make_all(&mut self, mark: &str) -> Result<(), Stop> {
        let given = &self.scenario.given;
        let users = given.iter().filter(|(_, one)| matches!(one, Fixture::User(_)));
        let groups = given.iter().filter(|(_, one)| matches!(one, Fixture::Group(_)));
        for (name, fixture) in users.chain(groups) {
            self.make(name, fixture, mark).await?;
        }
        Ok(())
    }

    async fn make(&mut self, name: &str, fixture: &Fixture, mark: &str) -> Result<(), Stop> {
        let endpoint = fixture.endpoint();
        let has = &self.run.capabilities;
        let mut lesson = self.run.learned.lesson(endpoint);
        for left in (0..TRIES).rev() {
            let fitting = fixture.body(name, mark, &lesson, self.base(), has, &self.scope)?;
            let body = fitting.body;
            let request = Request {
                method: "POST".to_owned(),
                target: endpoint.to_owned(),
                headers: usual(true),
                body: Some(body.to_string()),
            };
            let answer = self.send(&request, Credential::Main).await?;
            if let Some(resource) = answer.json().filter(|_| answer.is_success()) {
                self.run.learned.keep(&lesson);
                let has_all = self.has_members(endpoint, &body, &resource).await?;
                let keeps = !has_all || self.keeps_ids(endpoint, &body, &resource).await?;
                self.left_out.extend(fitting.left_out);
                self.scope.set(name, resource);
                self.scope.set(format!("{name}:headers"), headers_of(&answer));
                if !has_all {
                    let message = format!(
                        "`{name}` was made without the members that were sent: POST {endpoint} \
                         answered {}",
                        answer.status
                    );
                    let stop = Stop::blocked(message, &request, Credential::Main, &answer);
                    return Err(stop.because(&self.by_whom()));
                }
                if !keeps {
                    let message = format!(
                        "the members of a group have other values than the ids that were sent to \
                         POST {endpoint}, so that nobody is found by her id"
                    );
                    return Err(Stop::blocked(message, &request, Credential::Main, &answer)
                        .because(&self.by_whom()));
                }
                return Ok(());
            }
            let asks = matches!(answer.status, 400 | 409 | 422);
            if left == 0 || !asks || !lesson.learn(has, &body, &answer) {
                let message = format!(
                    "`{name}` could not be made: POST {endpoint} answered {}{}",
                    answer.status,
                    says(&answer)
                );
                return Err(Stop::blocked(message, &request, Credential::Main, &answer));
            }
        }
        Ok(())
    }

    /// The scenario whose finding it is that members are missing or have other values.
    fn by_whom(&self) -> String {
        let lack = Feature::Members;
        self.run.refuser(lack).unwrap_or_else(|| lack.lack().to_owned())
    }

    /// Whether a group shows its members by the ids that were sent. Of the first group of a run it
    /// is read; what cannot be read is believed.
    async fn keeps_ids(
        &mut self,
        endpoint: &str,
        sent: &Value,
        made: &Value,
    ) -> Result<bool, Stop> {
        let wanted = ids(sent);
        let id = at(made, "/id").and_then(Value::as_str);
        let (true, Some(id), false) = (endpoint == "/Groups", id, wanted.is_empty()) else {
            return Ok(true);
        };
        let run = self.run;
        let keeps = run.keeps_ids.get_or_try_init(|| async {
            let group = self.read_group(id, "").await?;
            let shown = group.as_ref().map(ids).filter(|shown| !shown.is_empty());
            Ok(shown.is_none_or(|shown| wanted.iter().all(|id| shown.contains(id))))
        });
        keeps.await.copied()
    }

    /// Whether a group has as many members as were sent; what cannot be read is believed.
    async fn has_members(
        &mut self,
        endpoint: &str,
        sent: &Value,
        made: &Value,
    ) -> Result<bool, Stop> {
        let count =
            |group: &Value| at(group, "/members").and_then(Value::as_array).map_or(0, Vec::len);
        let wanted = count(sent);
        if endpoint != "/Groups" || count(made) >= wanted {
            return Ok(true);
        }
        let Some(id) = at(made, "/id").and_then(Value::as_str) else { return Ok(true) };
        let group = self.read_group(id, "?attributes=members").await?;
        Ok(group.is_none_or(|group| count(&group) >= wanted))
    }

    /// A group, if it can be read.
    async fn read_group(&mut self, id: &str, query: &str) -> Result<Option<Value>, Stop> {
        let request = Request {
            method: "GET".to_owned(),
            target: format!("/Groups/{}{query}", segment(id)),
            headers: usual(false),
            body: None,
        };
        let answer = self.send(&request, Credential::Main).await?;
        Ok(answer.json().filter(|_| answer.is_success()))
    }
}

/// The values of a group's members.
fn ids(group: &Value) -> Vec<String> {
    let members = at(group, "/members").and_then(Value::as_array).into_iter().flatten();
    members.filter_map(|one| Some(at(one, "/value")?.as_str()?.to_owned())).collect()
}

//! Resources that a scenario is given, and what is learned where an endpoint wants more of them.

use serde_json::Value;

use super::play::Play;
use super::shape::{headers_of, segment, usual};
use super::stop::{Stop, says};
use crate::expect::at;
use crate::http::Request;
use crate::scenario::{Credential, Fixture};

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
        for left in (0..TRIES).rev() {
            let wanted = self.run.learned.wanted(endpoint, has);
            let body = fixture.body(name, mark, &wanted, has.user.as_deref(), &self.scope)?;
            let request = Request {
                method: "POST".to_owned(),
                target: endpoint.to_owned(),
                headers: usual(true),
                body: Some(body.to_string()),
            };
            let answer = self.send(&request, Credential::Main).await?;
            if let Some(resource) = answer.json().filter(|_| answer.is_success()) {
                let has_all = self.has_members(endpoint, &body, &resource).await?;
                self.scope.set(name, resource);
                self.scope.set(format!("{name}:headers"), headers_of(&answer));
                if !has_all {
                    let message = format!(
                        "`{name}` was made without the members that were sent: POST {endpoint} \
                         answered {}",
                        answer.status
                    );
                    let cause = "groups are made without their members";
                    return Err(
                        Stop::blocked(message, &request, Credential::Main, &answer).because(cause)
                    );
                }
                return Ok(());
            }
            let asks = matches!(answer.status, 400 | 409 | 422);
            if left == 0 || !asks || !self.run.learned.learn(endpoint, has, &body, &answer) {
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
        let request = Request {
            method: "GET".to_owned(),
            target: format!("{endpoint}/{}?attributes=members", segment(id)),
            headers: usual(false),
            body: None,
        };
        let answer = self.send(&request, Credential::Main).await?;
        let group = answer.json().filter(|_| answer.is_success());
        Ok(group.is_none_or(|group| count(&group) >= wanted))
    }
}

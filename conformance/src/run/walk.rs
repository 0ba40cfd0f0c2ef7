//! A query read page after page.

use serde_json::{Value, json};

use super::play::Play;
use super::shape::next_page;
use super::stop::Stop;
use crate::expect::at;
use crate::http::{Answer, Request};
use crate::scenario::{Credential, Walk};

/// The most pages that one step reads.
const PAGES: usize = 2000;

impl Play<'_> {
    /// Follows the pages of a query, at most [`PAGES`] of them. Of resources of others only the
    /// id is kept, so that a long list costs little.
    pub(super) async fn walk(
        &mut self,
        request: &Request,
        as_whom: Credential,
        walk: Walk,
    ) -> Result<Answer, Stop> {
        let (mut request, mut all) = (request.clone(), Vec::new());
        for _ in 0..PAGES {
            let mut answer = self.send(&request, as_whom).await?;
            let Some(mut body) = answer.json().filter(|_| answer.is_success()) else {
                return Ok(answer);
            };
            let page = at(&body, "/Resources").and_then(Value::as_array);
            let page: Vec<Value> = page.into_iter().flatten().map(|one| self.kept(one)).collect();
            let came = page.len();
            all.extend(page);
            match next_page(&request.target, walk, &body, came, all.len()) {
                Some(target) => request.target = target,
                None => {
                    if let Value::Object(body) = &mut body {
                        body.insert("Resources".to_owned(), Value::Array(all));
                    }
                    answer.body = body.to_string().into();
                    return Ok(answer);
                }
            }
        }
        Err(Stop::error(format!("more than {PAGES} pages; the server does not end")))
    }

    fn kept(&self, resource: &Value) -> Value {
        if resource.to_string().contains(&self.run.mark) {
            return resource.clone();
        }
        match at(resource, "/id") {
            Some(id) => json!({ "id": id }),
            None => resource.clone(),
        }
    }
}

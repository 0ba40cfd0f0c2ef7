//! What misbehaviours are about, in words.

use super::{Does, Meets, Misbehaviour, TOKEN};

impl Misbehaviour {
    /// Whether a change is carried out that is answered as if it was not.
    pub fn carries_out(&self) -> bool {
        self.does.after.is_some() || self.does.drop_after
    }

    /// The requests that it happens to; `None`: it is not about requests.
    pub fn meets_words(&self) -> Option<String> {
        if self.does == Does::default() {
            return None;
        }
        let Meets { methods, endpoint, lists, filter, members_over, .. } = &self.meets;
        let methods =
            if methods.is_empty() { "a request to".to_owned() } else { methods.join(" or ") };
        let mut words = match endpoint.as_deref() {
            Some(TOKEN) => format!("{methods} the token endpoint"),
            Some(name) => format!("{methods} /{name}"),
            None => format!("{methods} /Users or /Groups"),
        };
        if *filter {
            words.push_str(" with a filter");
        } else if *lists == Some(true) {
            words.push_str(" for a list");
        }
        if let Some(most) = members_over {
            words.push_str(&format!(" with more than {most} members"));
        }
        Some(words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_it_happens_to_is_told() {
        let words = |id| Misbehaviour::find(id).unwrap().meets_words();
        for (id, told) in [
            ("throttled-seconds", "POST or PUT or PATCH or DELETE /Users or /Groups"),
            ("unavailable-for-a-while", "a request to /Users or /Groups"),
            ("look-up-not-found", "GET /Users with a filter"),
            ("list-leaves-out", "GET /Users for a list"),
            ("patch-too-large", "PATCH /Groups with more than 2 members"),
            ("token-endpoint-down", "POST the token endpoint"),
        ] {
            assert_eq!(words(id).as_deref(), Some(told), "{id}");
        }
        assert_eq!(words("moved-id"), None);
    }
}

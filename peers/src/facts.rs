//! What the host takes out of a SCIM User for engines that do not read SCIM themselves.
//!
//! Each engine but Provisor gets only these three facts, read without a copy where the text
//! allows it. That is the most favourable input for them: the whole user would cost more.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::Value;

use crate::scenario::ENTERPRISE;

/// Title, department and names of groups.
#[derive(Debug, Deserialize)]
pub struct Facts<'a> {
    #[serde(borrow)]
    pub title: Cow<'a, str>,
    #[serde(borrow, rename = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User")]
    enterprise: Enterprise<'a>,
    #[serde(borrow)]
    groups: Vec<Group<'a>>,
}

#[derive(Debug, Deserialize)]
struct Enterprise<'a> {
    #[serde(borrow)]
    department: Cow<'a, str>,
}

#[derive(Debug, Deserialize)]
struct Group<'a> {
    #[serde(borrow)]
    display: Cow<'a, str>,
}

impl<'a> Facts<'a> {
    /// From JSON text; what is not asked for is skipped by serde.
    pub fn from_text(user: &'a str) -> Self {
        serde_json::from_str(user).expect("the crowd consists of SCIM users")
    }

    /// From a tree; only what is asked for is looked at.
    pub fn from_tree(user: &'a Value) -> Self {
        let text = |value: &'a Value| Cow::Borrowed(value.as_str().unwrap_or_default());
        let groups = user["groups"].as_array().map(Vec::as_slice).unwrap_or_default();
        Self {
            title: text(&user["title"]),
            enterprise: Enterprise { department: text(&user[ENTERPRISE]["department"]) },
            groups: groups.iter().map(|group| Group { display: text(&group["display"]) }).collect(),
        }
    }

    pub fn department(&self) -> &str {
        &self.enterprise.department
    }

    pub fn groups(&self) -> impl Iterator<Item = &str> {
        self.groups.iter().map(|group| &*group.display)
    }
}

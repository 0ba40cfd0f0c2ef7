//! Only reading, with nothing decided: what the way from bytes to a decision is measured against.

use provisor::json::{Lexer, Value};
use serde::Deserialize;

use super::world::ENTERPRISE;

/// The attributes that the rules mention and those that outputs name, borrowed from the bytes.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct User<'a> {
    pub id: Option<&'a str>,
    pub external_id: Option<&'a str>,
    pub user_name: Option<&'a str>,
    pub display_name: Option<&'a str>,
    pub active: Option<bool>,
    pub title: Option<&'a str>,
    #[serde(borrow, default)]
    pub groups: Vec<Group<'a>>,
    #[serde(borrow, rename = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User")]
    pub enterprise: Option<Enterprise<'a>>,
}

#[derive(Deserialize)]
pub struct Group<'a> {
    pub value: Option<&'a str>,
    pub display: Option<&'a str>,
    #[serde(rename = "type")]
    pub kind: Option<&'a str>,
    #[serde(rename = "$ref")]
    pub reference: Option<&'a str>,
}

#[derive(Deserialize)]
pub struct Enterprise<'a> {
    pub department: Option<&'a str>,
}

/// With serde_json's derived readers.
pub fn typed(bytes: &[u8]) -> User<'_> {
    serde_json::from_slice(bytes).unwrap()
}

/// With our lexer, exact names only.
pub fn lexed(bytes: &[u8]) -> User<'_> {
    let mut user = User {
        id: None,
        external_id: None,
        user_name: None,
        display_name: None,
        active: None,
        title: None,
        groups: vec![],
        enterprise: None,
    };
    let mut lexer = Lexer::new(bytes).unwrap();
    lexer.value().unwrap();
    while let Some(key) = lexer.next_key().unwrap() {
        match key.raw() {
            "id" => user.id = text(&mut lexer),
            "externalId" => user.external_id = text(&mut lexer),
            "userName" => user.user_name = text(&mut lexer),
            "displayName" => user.display_name = text(&mut lexer),
            "title" => user.title = text(&mut lexer),
            "active" => user.active = Some(matches!(lexer.value(), Ok(Value::Bool(true)))),
            "groups" => {
                lexer.value().unwrap();
                while lexer.next_element().unwrap() {
                    let mut group =
                        Group { value: None, display: None, kind: None, reference: None };
                    lexer.value().unwrap();
                    while let Some(key) = lexer.next_key().unwrap() {
                        match key.raw() {
                            "value" => group.value = text(&mut lexer),
                            "display" => group.display = text(&mut lexer),
                            "type" => group.kind = text(&mut lexer),
                            "$ref" => group.reference = text(&mut lexer),
                            _ => lexer.skip().unwrap(),
                        }
                    }
                    user.groups.push(group);
                }
            }
            ENTERPRISE => {
                let mut enterprise = Enterprise { department: None };
                lexer.value().unwrap();
                while let Some(key) = lexer.next_key().unwrap() {
                    match key.raw() {
                        "department" => enterprise.department = text(&mut lexer),
                        _ => lexer.skip().unwrap(),
                    }
                }
                user.enterprise = Some(enterprise);
            }
            _ => lexer.skip().unwrap(),
        }
    }
    user
}

fn text<'a>(lexer: &mut Lexer<'a>) -> Option<&'a str> {
    match lexer.value().unwrap() {
        Value::String(text) => text.plain(),
        _ => None,
    }
}

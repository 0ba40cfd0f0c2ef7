//! A JSON document whose values know where they stand, with members given twice still in it.

use jsonc_parser::ast::{ObjectPropName, Value as Ast};
use jsonc_parser::{CollectOptions, CommentCollectionStrategy, ParseOptions, parse_to_ast};

/// The most bytes of one document.
const MOST_BYTES: usize = 64 * 1024 * 1024;

/// A value with its place in the text.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Where it begins, in bytes.
    pub at: usize,
    /// What it is.
    pub shape: Shape,
}

/// What a value is. Numbers stay as they are written.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    Null,
    Boolean(bool),
    Number(String),
    Text(String),
    Array(Vec<Node>),
    Object(Vec<Member>),
}

/// A member of an object.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// Where its name begins, in bytes.
    pub at: usize,
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: Node,
}

/// Why a text is no document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoDocument {
    /// Where, in bytes.
    pub at: usize,
    /// In words for people.
    pub message: String,
}

impl Node {
    /// Reads JSON as RFC 8259 has it, and nothing that is merely like it.
    pub fn read(text: &str) -> Result<Self, NoDocument> {
        if text.len() > MOST_BYTES {
            let message = format!("it has more than {} MiB", MOST_BYTES / (1024 * 1024));
            return Err(NoDocument { at: 0, message });
        }
        // The stricter reader first: it decides what JSON is. The other one knows places.
        if let Err(error) = serde_json::from_str::<serde::de::IgnoredAny>(text) {
            let message = error.to_string();
            let message = message.split(" at line ").next().unwrap_or_default().to_owned();
            return Err(NoDocument { at: offset(text, error.line(), error.column()), message });
        }
        let collect = CollectOptions { comments: CommentCollectionStrategy::Off, tokens: false };
        let parsed = parse_to_ast(text, &collect, &ParseOptions::default());
        match parsed.map(|parsed| parsed.value) {
            Ok(Some(value)) => Ok(node(value)),
            Ok(None) => Err(NoDocument { at: 0, message: "it is empty".to_owned() }),
            // JSON it is; so only the limit of that reader can be the reason.
            Err(error) => Err(NoDocument {
                at: error.range().start,
                message: "it is nested more than 512 deep".to_owned(),
            }),
        }
    }

    /// The members of an object; none of anything else.
    pub fn members(&self) -> &[Member] {
        match &self.shape {
            Shape::Object(members) => members,
            _ => &[],
        }
    }

    /// The elements of an array; none of anything else.
    pub fn elements(&self) -> &[Self] {
        match &self.shape {
            Shape::Array(elements) => elements,
            _ => &[],
        }
    }

    /// The first member of a name, whose letters may have any case (RFC 7643, 2.1).
    pub fn get(&self, name: &str) -> Option<&Self> {
        let mut members = self.members().iter();
        members.find(|member| member.name.eq_ignore_ascii_case(name)).map(|member| &member.value)
    }

    /// Text.
    pub fn text(&self) -> Option<&str> {
        match &self.shape {
            Shape::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A whole number that is not negative.
    pub fn count(&self) -> Option<u64> {
        match &self.shape {
            Shape::Number(digits) => digits.parse().ok(),
            _ => None,
        }
    }

    /// true or false.
    pub fn boolean(&self) -> Option<bool> {
        match self.shape {
            Shape::Boolean(value) => Some(value),
            _ => None,
        }
    }

    /// Null and an empty array say that there is no value (RFC 7643, 2.5).
    pub fn is_unassigned(&self) -> bool {
        match &self.shape {
            Shape::Null => true,
            Shape::Array(elements) => elements.is_empty(),
            _ => false,
        }
    }

    /// What it is, with an article.
    pub fn what(&self) -> &'static str {
        match self.shape {
            Shape::Null => "null",
            Shape::Boolean(_) => "a boolean",
            Shape::Number(_) => "a number",
            Shape::Text(_) => "a string",
            Shape::Array(_) => "an array",
            Shape::Object(_) => "an object",
        }
    }
}

fn node(value: Ast<'_>) -> Node {
    let (at, shape) = match value {
        Ast::NullKeyword(null) => (null.range.start, Shape::Null),
        Ast::BooleanLit(one) => (one.range.start, Shape::Boolean(one.value)),
        Ast::NumberLit(one) => (one.range.start, Shape::Number(one.value.to_owned())),
        Ast::StringLit(one) => (one.range.start, Shape::Text(one.value.into_owned())),
        Ast::Array(array) => {
            (array.range.start, Shape::Array(array.elements.into_iter().map(node).collect()))
        }
        Ast::Object(object) => {
            let members = object.properties.into_iter().map(|property| {
                let (at, name) = match property.name {
                    ObjectPropName::String(name) => (name.range.start, name.value.into_owned()),
                    ObjectPropName::Word(name) => (name.range.start, name.value.to_owned()),
                };
                Member { at, name, value: node(property.value) }
            });
            (object.range.start, Shape::Object(members.collect()))
        }
    };
    Node { at, shape }
}

/// The byte of a line and column, both from 1.
fn offset(text: &str, line: usize, column: usize) -> usize {
    let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    (start + column.saturating_sub(1)).min(text.len())
}

/// The line and column of a byte, both from 1; columns count characters.
pub fn place(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (line, column)
}

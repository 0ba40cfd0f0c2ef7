//! Attributes: paths resolved against core User, enterprise and the declared ones (N101, T203),
//! and those that rules mention numbered for the model.

mod numbers;
mod unknown;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

pub(super) use numbers::Described;

use super::names::{Kind, Names};
use super::report::{Report, suggestion};
use super::schema::{self, CORE_USER, ENTERPRISE_USER, Found, Leaf};
use crate::diagnostic::{Applicability, Code, Diagnostic};
use crate::rules::ast::{Ident, Path};
use crate::rules::model::{AttributeDef, AttributeId, ValueId, ValueKind};
use crate::rules::source::Span;

/// Attributes known so far.
pub(super) struct Attributes {
    known: Vec<Known>,
    by_urn: HashMap<(String, String), KnownId>,
    by_alias: HashMap<String, Alias>,
    model: Vec<AttributeDef>,
    /// Per attribute of the model where it and its values come from.
    origins: Vec<Origin>,
}

struct Origin {
    known: KnownId,
    leaves: Vec<usize>,
}

/// A place in [`Attributes::known`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct KnownId(usize);

struct Known {
    schema: String,
    found: Found,
    /// Leaves by name in lower case.
    leaf_index: HashMap<String, usize>,
    /// Values that the rules declare, per leaf.
    declared: Vec<Option<Declared>>,
    /// How people write it: `title`, the alias, or the URN.
    display: String,
    /// The declared name of each leaf, if it has one.
    leaf_alias: Vec<Option<Ident>>,
    in_model: Option<AttributeId>,
    leaf_in_model: Vec<Option<ValueId>>,
}

/// The only values that an attribute can have.
#[derive(Debug, Clone)]
pub(super) struct Declared {
    /// As written.
    pub(super) values: Arc<[String]>,
    /// In their compared form.
    pub(super) compared: Arc<HashSet<String>>,
    /// Where they are declared.
    pub(super) span: Span,
}

#[derive(Clone, Copy)]
struct Alias {
    known: KnownId,
    leaf: usize,
    number: u32,
}

/// What a path stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Target {
    /// The attribute.
    pub(super) known: KnownId,
    /// Which plain value; `None`: a complex attribute as a whole.
    pub(super) leaf: Option<usize>,
}

/// A plain value with everything that comparing it needs.
#[derive(Debug, Clone)]
pub(super) struct Value {
    pub(super) known: KnownId,
    pub(super) leaf: usize,
    pub(super) kind: ValueKind,
    pub(super) binary: bool,
    pub(super) multi_valued: bool,
    pub(super) display: String,
    pub(super) declared: Option<Declared>,
}

/// Why a declared attribute cannot be taken in.
pub(super) enum Refusal {
    /// The schema is known and has no such attribute or sub-attribute.
    Unknown,
    /// The schema, or another declaration, says otherwise; how.
    Conflict(String),
    /// Another declaration, here, is about the same path.
    Repeated(Span),
}

impl Attributes {
    pub(super) fn new() -> Self {
        Self {
            known: Vec::new(),
            by_urn: HashMap::new(),
            by_alias: HashMap::new(),
            model: Vec::new(),
            origins: Vec::new(),
        }
    }

    /// The attributes that rules mention.
    pub(super) fn into_model(self) -> Vec<AttributeDef> {
        self.model
    }

    /// What a path stands for; N101 or T203 if for nothing.
    pub(super) fn resolve(
        &mut self,
        path: &Path,
        names: &mut Names<'_>,
        report: &mut Report,
    ) -> Option<Target> {
        let written = path.node.as_str();
        let (schema, rest) = match written.rsplit_once(':') {
            Some((schema, rest)) => (Some(schema), rest),
            None => (None, written),
        };
        let (name, sub) = match rest.split_once('.') {
            Some((name, sub)) => (name, Some(sub)),
            None => (rest, None),
        };
        let found = match schema {
            Some(schema) => self.in_schema(schema, name),
            None => {
                self.in_schema(CORE_USER, name).or_else(|| self.in_schema(ENTERPRISE_USER, name))
            }
        };
        let known = match (found, schema) {
            (Some(known), _) => known,
            (None, Some(schema)) => {
                self.report_unknown_urn(path, schema, name, sub, report);
                return None;
            }
            (None, None) => {
                let Some(alias) = self.by_alias.get(&name.to_lowercase()).copied() else {
                    if let Some(number) = names.peek(Kind::Attribute, name) {
                        // Its declaration is wrong, which is reported there.
                        names.mark_used(Kind::Attribute, number);
                        return None;
                    }
                    self.report_unknown_name(path, name, sub, names, report);
                    return None;
                };
                names.mark_used(Kind::Attribute, alias.number);
                if let Some(sub) = sub {
                    let message =
                        format!("`{name}` has no part called `{sub}`: it is a plain value");
                    let finding = Diagnostic::new(Code::T203, path.span, message);
                    report.push(finding.fix(
                        format!("write `{name}`"),
                        path.span,
                        name,
                        Applicability::MaybeIncorrect,
                    ));
                    return None;
                }
                return Some(Target { known: alias.known, leaf: Some(alias.leaf) });
            }
        };
        if schema.is_some() {
            self.mark_aliases_used(known, names);
        }
        self.sub_attribute(known, sub, path, report)
    }

    /// A sub-attribute inside `attribute[…]`; T203 if it has none of that name.
    pub(super) fn within(
        &self,
        known: KnownId,
        path: &Path,
        report: &mut Report,
    ) -> Option<Target> {
        self.sub_attribute(known, Some(&path.node), path, report)
    }

    /// The plain value of a target: for a complex attribute its `value`; T201 if it has none.
    pub(super) fn value(&self, target: Target, path: &Path, report: &mut Report) -> Option<Value> {
        let known = self.known.get(target.known.0)?;
        let leaf = target.leaf.or_else(|| known.leaf_named("value"));
        let Some(leaf) = leaf else {
            report.push(self.no_value(known, path));
            return None;
        };
        let of = known.found.leaves.get(leaf)?;
        Some(Value {
            known: target.known,
            leaf,
            kind: of.kind,
            binary: of.binary,
            multi_valued: known.found.multi_valued,
            display: known.leaf_display(leaf),
            declared: known.declared.get(leaf).cloned().flatten(),
        })
    }

    /// Whether an attribute's values are objects, and whether it has several.
    pub(super) fn shape(&self, known: KnownId) -> Shape {
        let found = self.known.get(known.0).map(|known| &known.found);
        Shape {
            complex: found.is_some_and(|found| found.complex),
            multi_valued: found.is_some_and(|found| found.multi_valued),
        }
    }

    /// The URI of its schema and its name.
    pub(super) fn address(&self, known: KnownId) -> Option<(&str, &str)> {
        self.known.get(known.0).map(|known| (known.schema.as_str(), known.found.name.as_str()))
    }

    /// The name of a leaf: a sub-attribute's, or empty.
    pub(super) fn leaf_name(&self, known: KnownId, leaf: usize) -> &str {
        let leaves = self.known.get(known.0).map(|known| &known.found.leaves);
        leaves.and_then(|leaves| leaves.get(leaf)).map_or("", |leaf| leaf.name.as_str())
    }

    /// Takes in a declared attribute: `schema:name[.sub]`.
    pub(super) fn declare(&mut self, new: NewAttribute<'_>) -> Result<KnownId, Refusal> {
        let known = match self.in_schema(new.schema, new.name) {
            Some(known) => known,
            None if schema::is_standard(new.schema) => return Err(Refusal::Unknown),
            None => self.insert_custom(&new),
        };
        let standard = schema::is_standard(new.schema);
        let entry = self.known.get_mut(known.0).ok_or(Refusal::Unknown)?;
        if entry.found.multi_valued != new.list {
            let (is, with) = if entry.found.multi_valued {
                ("several values", "`list`")
            } else {
                ("one value", "no `list`")
            };
            return Err(Refusal::Conflict(format!("has {is}, so its type is written with {with}")));
        }
        let leaf = match new.sub {
            Some(_) if !entry.found.complex => {
                return Err(Refusal::Conflict("is a plain value without parts".to_owned()));
            }
            None if entry.found.complex && !standard => {
                return Err(Refusal::Conflict("has parts".to_owned()));
            }
            Some(sub) => entry.leaf_named(sub),
            None if entry.found.complex => entry.leaf_named("value"),
            None => Some(0),
        };
        let leaf = match (leaf, new.sub) {
            (Some(leaf), _) => leaf,
            (None, Some(sub)) if !standard => entry.add_leaf(sub, new.kind),
            (None, _) => return Err(Refusal::Unknown),
        };
        let of = entry.found.leaves.get(leaf).ok_or(Refusal::Unknown)?;
        if !same_type(of.kind, new.kind) {
            return Err(Refusal::Conflict(format!("is {}", kind_noun(of.kind))));
        }
        if let Some(first) = entry.leaf_alias.get(leaf).and_then(Option::as_ref) {
            return Err(Refusal::Repeated(first.span));
        }
        if let Some(slot) = entry.declared.get_mut(leaf) {
            *slot = new.declared;
        }
        if let Some(slot) = entry.leaf_alias.get_mut(leaf) {
            *slot = Some(new.alias.clone());
        }
        if !entry.found.complex {
            entry.display.clone_from(&new.alias.node);
        }
        let alias = Alias { known, leaf, number: new.number };
        self.by_alias.insert(new.alias.node.to_lowercase(), alias);
        Ok(known)
    }

    /// Whether a declared attribute's name is taken, letter case aside.
    pub(super) fn has_alias(&self, name: &str) -> bool {
        self.by_alias.contains_key(&name.to_lowercase())
    }

    fn in_schema(&mut self, schema: &str, name: &str) -> Option<KnownId> {
        let key = (schema.to_lowercase(), name.to_lowercase());
        if let Some(known) = self.by_urn.get(&key) {
            return Some(*known);
        }
        let (schema, found) = schema::find(&key.0, &key.1)?;
        let display = match schema {
            CORE_USER | ENTERPRISE_USER => found.name.clone(),
            other => format!("{other}:{}", found.name),
        };
        Some(self.insert(key, Known::new(schema.to_owned(), found, display)))
    }

    fn insert_custom(&mut self, new: &NewAttribute<'_>) -> KnownId {
        let leaf = Leaf { name: String::new(), kind: new.kind, binary: false };
        let found = Found {
            name: new.name.to_owned(),
            multi_valued: new.list,
            required: false,
            complex: new.sub.is_some(),
            leaves: if new.sub.is_some() { Vec::new() } else { vec![leaf] },
        };
        let display = format!("{}:{}", new.schema, new.name);
        let key = (new.schema.to_lowercase(), new.name.to_lowercase());
        self.insert(key, Known::new(new.schema.to_owned(), found, display))
    }

    fn insert(&mut self, key: (String, String), known: Known) -> KnownId {
        let id = KnownId(self.known.len());
        self.known.push(known);
        self.by_urn.insert(key, id);
        id
    }

    /// An attribute named by its URN: the declarations about it are used.
    fn mark_aliases_used(&self, known: KnownId, names: &mut Names<'_>) {
        let Some(entry) = self.known.get(known.0) else { return };
        for alias in entry.leaf_alias.iter().flatten() {
            if let Some(alias) = self.by_alias.get(&alias.node.to_lowercase()) {
                names.mark_used(Kind::Attribute, alias.number);
            }
        }
    }

    fn sub_attribute(
        &self,
        id: KnownId,
        sub: Option<&str>,
        path: &Path,
        report: &mut Report,
    ) -> Option<Target> {
        let known = self.known.get(id.0)?;
        let Some(sub) = sub else {
            let leaf = if known.found.complex { None } else { Some(0) };
            return Some(Target { known: id, leaf });
        };
        if let Some(leaf) = known.leaf_named(sub).filter(|_| known.found.complex) {
            return Some(Target { known: id, leaf: Some(leaf) });
        }
        let whole = &known.display;
        if !known.found.complex {
            let message = format!("`{whole}` has no part called `{sub}`: it is a plain value");
            report.push(Diagnostic::new(Code::T203, path.span, message).fix(
                format!("write `{whole}`"),
                path.span,
                whole.as_str(),
                Applicability::MaybeIncorrect,
            ));
            return None;
        }
        let message = format!("`{whole}` has no part called `{sub}`");
        let mut finding = Diagnostic::new(Code::T203, path.span, message);
        let parts = known.found.leaves.iter().map(|leaf| leaf.name.as_str());
        match report.nearest(sub, parts) {
            Some(part) => {
                let before = path.node.strip_suffix(sub).unwrap_or("");
                let better = format!("{before}{part}");
                finding = suggestion(finding, path.span, &path.node, &better);
            }
            None => finding = finding.help(known.parts()),
        }
        report.push(finding);
        None
    }

    fn no_value(&self, known: &Known, path: &Path) -> Diagnostic {
        let message =
            format!("`{}` has several parts, so it cannot be compared as a whole", path.node);
        Diagnostic::new(Code::T201, path.span, message).help(known.parts())
    }
}

/// A declaration that its syntax and name allow.
pub(super) struct NewAttribute<'a> {
    pub(super) alias: &'a Ident,
    /// Its number in its name space.
    pub(super) number: u32,
    pub(super) schema: &'a str,
    pub(super) name: &'a str,
    pub(super) sub: Option<&'a str>,
    pub(super) list: bool,
    pub(super) kind: ValueKind,
    pub(super) declared: Option<Declared>,
}

/// Whether an attribute is an object, and whether it has several values.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    pub(super) complex: bool,
    pub(super) multi_valued: bool,
}

impl Known {
    fn new(schema: String, found: Found, display: String) -> Self {
        let leaves = found.leaves.len();
        let names = found.leaves.iter().map(|leaf| leaf.name.to_lowercase());
        Self {
            schema,
            leaf_index: names.zip(0..).collect(),
            found,
            declared: vec![None; leaves],
            display,
            leaf_alias: vec![None; leaves],
            in_model: None,
            leaf_in_model: vec![None; leaves],
        }
    }

    fn leaf_named(&self, name: &str) -> Option<usize> {
        self.leaf_index.get(&name.to_lowercase()).copied()
    }

    fn add_leaf(&mut self, name: &str, kind: ValueKind) -> usize {
        self.leaf_index.insert(name.to_lowercase(), self.found.leaves.len());
        self.found.leaves.push(Leaf { name: name.to_owned(), kind, binary: false });
        self.declared.push(None);
        self.leaf_alias.push(None);
        self.leaf_in_model.push(None);
        self.found.leaves.len() - 1
    }

    fn leaf_display(&self, leaf: usize) -> String {
        if let Some(alias) = self.leaf_alias.get(leaf).and_then(Option::as_ref) {
            return alias.node.clone();
        }
        match self.found.leaves.get(leaf) {
            Some(of) if self.found.complex => format!("{}.{}", self.display, of.name),
            _ => self.display.clone(),
        }
    }

    /// The help line that lists the parts.
    fn parts(&self) -> String {
        let leaves = self.found.leaves.iter().take(12);
        let list: Vec<String> =
            leaves.map(|leaf| format!("`{}.{}`", self.display, leaf.name)).collect();
        format!("its parts are {}", list.join(", "))
    }
}

/// How people call a type: `text`, `a flag`.
pub(super) fn kind_noun(kind: ValueKind) -> &'static str {
    match kind {
        ValueKind::Text { .. } => "text",
        ValueKind::Flag => "a flag",
        ValueKind::Number => "a number",
        ValueKind::Date => "a date",
    }
}

fn same_type(one: ValueKind, other: ValueKind) -> bool {
    std::mem::discriminant(&one) == std::mem::discriminant(&other)
}

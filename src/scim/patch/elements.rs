//! Changes of lists: adding, replacing, removing, choosing by a filter, `primary`.

use hashbrown::{HashMap, HashSet};

use crate::error::{Error, ErrorKind};
use crate::json::{Json, Object};
use crate::scim::schema::{Attribute, Mutability};

use super::options::{Tolerance, Tolerated};
use super::single::{self, complete, edit, merge, supersede};
use super::tree::{into_object, is_none, part, put, same_objects, scalar, whole};
use super::{Op, Operation, Selection};

/// A list after an operation without a filter.
pub(super) fn change(
    current: Json,
    op: Op,
    value: Option<&Json>,
    attribute: &Attribute,
) -> Result<Json, Error> {
    let mut list = List::of(attribute, current);
    let value = value.map(|value| match value {
        Json::Array(elements) => elements.as_slice(),
        Json::Null => &[],
        one => std::slice::from_ref(one),
    });
    match (op, value) {
        (Op::Remove, Some(listed)) => list.remove(listed),
        (Op::Add, Some(new)) => list.add(new)?,
        (Op::Replace, Some(new)) => list.replace(new)?,
        (_, None) => list.values.clear(),
    }
    list.finish()
}

/// A list after an operation on the values that a filter chooses, or on a sub-attribute of its
/// values.
pub(super) fn chosen(
    current: Json,
    operation: &Operation,
    sub: Option<&Attribute>,
    attribute: &Attribute,
    tolerated: &mut Vec<Tolerated>,
) -> Result<Json, Error> {
    let mut list = List::of(attribute, current);
    let mut hit = false;
    let mut kept = Vec::with_capacity(list.values.len());
    for value in std::mem::take(&mut list.values) {
        if !operation.chooses(&value) {
            kept.push(value);
            continue;
        }
        hit = true;
        let next = match sub {
            Some(sub) => list.with_sub(value, operation, sub)?,
            None => list.changed(value, operation)?,
        };
        if !is_none(&next) {
            if list.claimed(operation, sub) {
                list.claims.push(kept.len());
            }
            kept.push(next);
        }
    }
    list.values = kept;
    if !hit && operation.op != Op::Remove {
        list.make(operation, sub, tolerated)?;
    }
    list.finish()
}

/// Whether a value is among those that a `remove` lists.
pub(super) fn is_listed(attribute: &Attribute, value: &Json, listed: &Json) -> bool {
    let listed = listed.as_array().unwrap_or(std::slice::from_ref(listed));
    !is_none(value) && Keys::of(attribute, listed).has(attribute, value)
}

/// The values of an attribute while an operation changes them.
struct List<'a> {
    attribute: &'a Attribute,
    values: Vec<Json>,
    /// The values that the operation makes primary.
    claims: Vec<usize>,
}

impl<'a> List<'a> {
    fn of(attribute: &'a Attribute, current: Json) -> Self {
        let values = match current {
            Json::Array(values) => values,
            Json::Null => Vec::new(),
            one => vec![one],
        };
        Self { attribute, values, claims: Vec::new() }
    }

    fn add(&mut self, new: &[Json]) -> Result<(), Error> {
        // Beyond a few, an index costs less than looking through the list for each.
        const FEW: usize = 4;
        let mut index = (new.len() > FEW).then(|| Index::of(self.attribute, &self.values));
        for value in new {
            let found = match &index {
                Some(index) => index.find(self.attribute, &self.values, value),
                None => find(self.attribute, &self.values, value),
            };
            let at = match found.and_then(|at| Some((at, self.values.get_mut(at)?))) {
                Some((at, there)) => {
                    combine(there, value, self.attribute)?;
                    at
                }
                None => {
                    if let Json::Object(object) = value {
                        complete(object, self.attribute)?;
                    }
                    self.values.push(value.clone());
                    self.values.len() - 1
                }
            };
            if let (Some(index), Some(there)) = (&mut index, self.values.get(at)) {
                index.insert(self.attribute, there, at);
            }
            if is_primary(value) {
                self.claims.push(at);
            }
        }
        Ok(())
    }

    fn replace(&mut self, new: &[Json]) -> Result<(), Error> {
        let old = std::mem::take(&mut self.values);
        self.add(new)?;
        if !self.attribute.is_complex() {
            return Ok(());
        }
        // A value that was there keeps what only the service provider writes.
        let index = Index::of(self.attribute, &old);
        for value in &mut self.values {
            let there = index.find(self.attribute, &old, value).and_then(|at| old.get(at));
            if let (Some(Json::Object(there)), Json::Object(new)) = (there, &mut *value) {
                keep_read_only(new, there, self.attribute);
                if same_objects(new, there) {
                    new.clone_from(there);
                }
            }
        }
        Ok(())
    }

    fn remove(&mut self, listed: &[Json]) {
        let keys = Keys::of(self.attribute, listed);
        self.values.retain(|value| !keys.has(self.attribute, value));
    }

    /// A chosen value after the operation.
    fn changed(&self, value: Json, operation: &Operation) -> Result<Json, Error> {
        let attribute = self.attribute;
        match (operation.op, &operation.value) {
            (Op::Remove, Some(listed)) => {
                Ok(if is_listed(attribute, &value, listed) { Json::Null } else { value })
            }
            (Op::Remove, None) | (_, None | Some(Json::Null)) => Ok(Json::Null),
            (Op::Add, Some(Json::Object(new))) => {
                let mut object = into_object(value);
                merge(&mut object, Op::Add, new, attribute)?;
                complete(&object, attribute)?;
                Ok(object.into())
            }
            (_, Some(Json::Object(new))) => {
                let next = supersede(&value, new, attribute)?;
                let Json::Object(object) = &next else { return Ok(next) };
                complete(object, attribute)?;
                match &value {
                    Json::Object(old) if same_objects(old, object) => Ok(value),
                    _ => Ok(next),
                }
            }
            (_, Some(new)) => Ok(new.clone()),
        }
    }

    /// A value after an operation on a sub-attribute of it.
    fn with_sub(&self, value: Json, operation: &Operation, sub: &Attribute) -> Result<Json, Error> {
        let mut object = into_object(value);
        edit(&mut object, sub, |current| {
            single::change(current, operation.op, operation.value.as_ref(), sub)
        })?;
        Ok(object.into())
    }

    /// Whether the operation sets `primary` in what it touches.
    fn claimed(&self, operation: &Operation, sub: Option<&Attribute>) -> bool {
        match (&operation.value, sub) {
            _ if operation.op == Op::Remove => false,
            (Some(value), Some(sub)) => sub.name == "primary" && *value == Json::Bool(true),
            (Some(value), None) => is_primary(value),
            (None, _) => false,
        }
    }

    /// Makes a value where the operation found none.
    fn make(
        &mut self,
        operation: &Operation,
        sub: Option<&Attribute>,
        tolerated: &mut Vec<Tolerated>,
    ) -> Result<(), Error> {
        let mut object = match &operation.selection {
            // `emails.value` of a user without e-mails: there is no value, so one is added.
            None if self.values.is_empty() => Object::new(),
            Some(Selection { creates: true, template: Some(template), .. }) => template.clone(),
            _ => return Err(self.unmatched()),
        };
        if operation.selection.is_some() {
            let tolerance = Tolerance::UnmatchedFilter;
            tolerated.push(Tolerated { tolerance, operation: operation.index });
        }
        let value = operation.value.as_ref().unwrap_or(&Json::Null);
        if is_none(value) {
            // What is not there need not be cleared.
            return Ok(());
        }
        match (sub, value) {
            (Some(sub), value) => {
                edit(&mut object, sub, |_| single::change(Json::Null, Op::Add, Some(value), sub))?;
            }
            (None, Json::Object(new)) => {
                for (key, value) in new.iter() {
                    put(&mut object, key, value.clone());
                }
            }
            (None, _) => return Err(self.unmatched()),
        }
        complete(&object, self.attribute)?;
        let value = Json::Object(object);
        if is_primary(&value) {
            self.claims.push(self.values.len());
        }
        self.values.push(value);
        Ok(())
    }

    fn unmatched(&self) -> Error {
        let message = format!("the filter matches no value of `{}`", self.attribute.name);
        Error::new(ErrorKind::NoTarget, message).help(Tolerance::UnmatchedFilter.help())
    }

    /// The list; where a value was made primary, no other is (RFC 7644, 3.5.2).
    fn finish(mut self) -> Result<Json, Error> {
        self.claims.dedup();
        if self.claims.len() > 1 && self.attribute.sub("primary").is_some() {
            let message = format!("two values of `{}` would be primary", self.attribute.name);
            return Err(Error::new(ErrorKind::Value, message)
                .help("at most one value is primary (RFC 7643, 2.4)"));
        }
        if let Some(primary) = self.claims.first() {
            for (at, value) in self.values.iter_mut().enumerate() {
                if at != *primary
                    && is_primary(value)
                    && let Json::Object(object) = value
                {
                    put(object, "primary", Json::Bool(false));
                }
            }
        }
        Ok(Json::Array(self.values))
    }
}

fn is_some(value: &Json) -> bool {
    !is_none(value)
}

fn is_primary(value: &Json) -> bool {
    value.as_object().is_some_and(|object| object.attribute("primary") == Some(&Json::Bool(true)))
}

/// Puts what an added value says into the value that it is.
fn combine(there: &mut Json, new: &Json, attribute: &Attribute) -> Result<(), Error> {
    if part(attribute, new, "value").is_none() {
        // It was compared whole.
        return Ok(());
    }
    let (Json::Object(object), Json::Object(new)) = (there, new) else { return Ok(()) };
    for (key, value) in new.iter() {
        let Some(sub) = attribute.sub(key) else { continue };
        // The value is there already, whatever the case of its letters.
        let equal = object
            .attribute(key)
            .is_some_and(|there| scalar(sub, there).is_some_and(|s| Some(s) == scalar(sub, value)));
        if equal && matches!(sub.name.as_str(), "value" | "type") {
            continue;
        }
        // Another `$ref` of a member who is there already: "no changes should be made"
        // (RFC 7644, 3.5.2.1).
        if sub.mutability == Mutability::Immutable && object.attribute(key).is_some_and(is_some) {
            continue;
        }
        edit(object, sub, |current| single::change(current, Op::Add, Some(value), sub))?;
    }
    Ok(())
}

fn keep_read_only(new: &mut Object, there: &Object, attribute: &Attribute) {
    for (key, value) in there.iter() {
        let read_only =
            attribute.sub(key).is_some_and(|sub| sub.mutability == Mutability::ReadOnly);
        if read_only {
            put(new, key, value.clone());
        }
    }
}

/// What a value is known by: its `value` and `type`, or all of it where it has no `value`.
enum Key {
    Simple(String),
    Valued(String, Option<String>),
    Whole(String),
}

fn key(attribute: &Attribute, value: &Json) -> Key {
    if value.as_object().is_none() {
        return Key::Simple(scalar(attribute, value).unwrap_or_default().into_owned());
    }
    match part(attribute, value, "value") {
        Some(text) => Key::Valued(
            text.into_owned(),
            part(attribute, value, "type").map(std::borrow::Cow::into_owned),
        ),
        None => Key::Whole(whole(attribute, value)),
    }
}

/// The value in a list that is the same as a new one: of the same `type` first, then one where
/// one of both has no `type`.
fn find(attribute: &Attribute, values: &[Json], new: &Json) -> Option<usize> {
    match key(attribute, new) {
        Key::Simple(text) => {
            values.iter().position(|one| scalar(attribute, one).is_some_and(|one| one == text))
        }
        Key::Valued(text, kind) => {
            let mut second = None;
            for (at, one) in values.iter().enumerate() {
                if part(attribute, one, "value").is_none_or(|one| one != text) {
                    continue;
                }
                let other = part(attribute, one, "type");
                if other.as_deref() == kind.as_deref() {
                    return Some(at);
                }
                if second.is_none() && (other.is_none() || kind.is_none()) {
                    second = Some(at);
                }
            }
            second
        }
        Key::Whole(text) => values.iter().position(|one| {
            one.as_object().is_some()
                && part(attribute, one, "value").is_none()
                && whole(attribute, one) == text
        }),
    }
}

/// The same as [`find`] for long lists.
struct Index {
    exact: HashMap<(String, Option<String>), usize>,
    any: HashMap<String, usize>,
    other: HashMap<String, usize>,
}

impl Index {
    fn of(attribute: &Attribute, values: &[Json]) -> Self {
        let mut index = Self { exact: HashMap::new(), any: HashMap::new(), other: HashMap::new() };
        for (at, value) in values.iter().enumerate() {
            index.insert(attribute, value, at);
        }
        index
    }

    fn insert(&mut self, attribute: &Attribute, value: &Json, at: usize) {
        match key(attribute, value) {
            Key::Simple(text) | Key::Whole(text) => {
                self.other.entry(text).or_insert(at);
            }
            Key::Valued(text, kind) => {
                self.any.entry(text.clone()).or_insert(at);
                self.exact.entry((text, kind)).or_insert(at);
            }
        }
    }

    fn find(&self, attribute: &Attribute, values: &[Json], new: &Json) -> Option<usize> {
        match key(attribute, new) {
            Key::Simple(text) | Key::Whole(text) => self.other.get(&text).copied(),
            Key::Valued(text, kind) => {
                let exact = |kind: Option<String>| {
                    // An entry can be out of date: its value got a `type` since.
                    let at = *self.exact.get(&(text.clone(), kind.clone()))?;
                    let now = values.get(at).and_then(|one| part(attribute, one, "type"));
                    (now.as_deref() == kind.as_deref()).then_some(at)
                };
                match kind {
                    Some(kind) => exact(Some(kind)).or_else(|| exact(None)),
                    None => exact(None).or_else(|| self.any.get(&text).copied()),
                }
            }
        }
    }
}

/// The values that a `remove` lists.
struct Keys {
    exact: HashSet<(String, Option<String>)>,
    any: HashSet<String>,
    other: HashSet<String>,
}

impl Keys {
    fn of(attribute: &Attribute, listed: &[Json]) -> Self {
        let (mut exact, mut any) = (HashSet::new(), HashSet::new());
        let mut other = HashSet::new();
        for value in listed {
            match key(attribute, value) {
                Key::Simple(text) | Key::Whole(text) => {
                    other.insert(text);
                }
                Key::Valued(text, kind) => {
                    any.insert(text.clone());
                    exact.insert((text, kind));
                }
            }
        }
        Self { exact, any, other }
    }

    fn has(&self, attribute: &Attribute, value: &Json) -> bool {
        match key(attribute, value) {
            Key::Simple(text) | Key::Whole(text) => self.other.contains(&text),
            Key::Valued(text, None) => self.any.contains(&text),
            Key::Valued(text, kind) => {
                self.exact.contains(&(text.clone(), kind)) || self.exact.contains(&(text, None))
            }
        }
    }
}

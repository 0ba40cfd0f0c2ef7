//! The values of a multi-valued attribute (RFC 7643, 2.4).

use hashbrown::HashMap;
use hashbrown::hash_map::Entry;

use crate::error::{Error, ErrorKind};
use crate::json::Json;
use crate::scim::schema::{Attribute, Mutability, Type};

use super::value::identity;
use super::{Here, Leniency, Reader};

impl Reader {
    /// The list, each value once; `None` where nothing is in it.
    pub(super) fn several(
        &mut self,
        attribute: &Attribute,
        given: &Json,
        current: Option<&Json>,
        here: Here<'_>,
    ) -> Result<Option<Json>, Error> {
        let list = match given {
            Json::Array(list) => list.as_slice(),
            one => {
                self.tolerate(Leniency::NoList, here, &attribute.name)?;
                std::slice::from_ref(one)
            }
        };
        let before = Before::of(attribute, current);
        let mut kept: Vec<Json> = Vec::with_capacity(list.len());
        let mut places: HashMap<String, usize> = HashMap::with_capacity(list.len());
        for given in list {
            if *given == Json::Null {
                return Err(null_element(attribute, here));
            }
            let current = before.find(attribute, given);
            let Some(value) = self.one(attribute, given, current, here)? else { continue };
            match places.entry(pair(attribute, &value)) {
                Entry::Vacant(place) => {
                    place.insert(kept.len());
                    kept.push(value);
                }
                Entry::Occupied(place) => {
                    let Some(earlier) = kept.get_mut(*place.get()) else { continue };
                    if identity(attribute, earlier) != identity(attribute, &value) {
                        self.tolerate(Leniency::RepeatedValue, here, &attribute.name)?;
                        *earlier = value;
                    }
                }
            }
        }
        self.one_primary(attribute, &mut kept, here)?;
        Ok(if kept.is_empty() { None } else { Some(Json::Array(kept)) })
    }

    fn one_primary(
        &mut self,
        attribute: &Attribute,
        values: &mut [Json],
        here: Here<'_>,
    ) -> Result<(), Error> {
        let Some(primary) = attribute.sub("primary").filter(|sub| sub.kind == Type::Boolean) else {
            return Ok(());
        };
        let mut found = false;
        for value in values {
            let Json::Object(object) = value else { continue };
            if object.get(&primary.name).and_then(Json::as_bool) != Some(true) {
                continue;
            }
            if found {
                self.tolerate(Leniency::SeveralPrimary, here, &attribute.name)?;
                // False and not set are the same (2.4).
                for (name, flag) in object.entries_mut() {
                    if *name == primary.name {
                        *flag = Json::Bool(false);
                    }
                }
            }
            found = true;
        }
        Ok(())
    }
}

/// The values that the resource has so far, where their sub-attributes cannot change.
struct Before<'a> {
    /// By `type` and `value`.
    pairs: HashMap<String, &'a Json>,
    /// By `value` alone; `None` where several have it.
    names: HashMap<String, Option<&'a Json>>,
}

impl<'a> Before<'a> {
    fn of(attribute: &Attribute, current: Option<&'a Json>) -> Self {
        let mut subs = attribute.sub_attributes.iter();
        let asked = subs.any(|sub| sub.mutability == Mutability::Immutable);
        let current = current.filter(|_| asked).and_then(Json::as_array).unwrap_or_default();
        let mut before = Self { pairs: HashMap::new(), names: HashMap::new() };
        for one in current {
            let Some(name) = name(attribute, one) else { continue };
            before.names.entry(name).and_modify(|first| *first = None).or_insert(Some(one));
            before.pairs.insert(pair(attribute, one), one);
        }
        before
    }

    /// The value that a given one is: that of the same `type` and `value`, or else the only one of
    /// the same `value`, so that a `type` may be left out and cannot be changed. A value of another
    /// name is another value, so it may be added and removed.
    fn find(&self, attribute: &Attribute, given: &Json) -> Option<&'a Json> {
        if self.names.is_empty() {
            return None;
        }
        let name = name(attribute, given)?;
        let exact = self.pairs.get(&pair(attribute, given)).copied();
        exact.or_else(|| self.names.get(&name).copied().flatten())
    }
}

/// What names a value: its `value` in the compared form.
fn name(attribute: &Attribute, value: &Json) -> Option<String> {
    let sub = attribute.sub("value")?;
    Some(identity(sub, value.as_object()?.attribute(&sub.name)?))
}

/// What no two values have in common: `type` and `value`, or all but `primary` where there is no
/// `value`.
fn pair(attribute: &Attribute, value: &Json) -> String {
    let Some(mut pair) = name(attribute, value) else {
        let Json::Object(object) = value else { return identity(attribute, value) };
        let rest = object.iter().filter(|(name, _)| *name != "primary");
        let rest = rest.map(|(name, value)| (name.to_owned(), value.clone())).collect();
        return identity(attribute, &Json::Object(rest));
    };
    // Neither text can make the other's look different: the length parts them.
    pair = format!("{}:{pair}", pair.len());
    if let Some(sub) = attribute.sub("type")
        && let Some(kind) = value.as_object().and_then(|object| object.attribute(&sub.name))
    {
        pair.push_str(&identity(sub, kind));
    }
    pair
}

fn null_element(attribute: &Attribute, here: Here<'_>) -> Error {
    let message = format!("a value in the list `{}` is null", here.path(&attribute.name));
    Error::new(ErrorKind::Value, message).help("leave it out")
}

//! Attributes that rules mention, numbered for the model.

use super::{Attributes, KnownId, Origin};
use crate::rules::check::schema::CORE_USER;
use crate::rules::model::{AttributeDef, AttributeId, ValueDef, ValueId};

/// An attribute of the model in words.
#[derive(Debug, Clone, Default)]
pub(in crate::rules::check) struct Described {
    pub(in crate::rules::check) display: String,
    pub(in crate::rules::check) whole_display: String,
    pub(in crate::rules::check) always_present: bool,
}

impl Attributes {
    /// The model's number of an attribute.
    pub(in crate::rules::check) fn register(&mut self, known: KnownId) -> AttributeId {
        let next = AttributeId(u32::try_from(self.model.len()).unwrap_or(u32::MAX));
        let Some(entry) = self.known.get_mut(known.0) else { return next };
        if let Some(id) = entry.in_model {
            return id;
        }
        entry.in_model = Some(next);
        self.model.push(AttributeDef {
            schema: entry.schema.clone(),
            name: entry.found.name.clone(),
            multi_valued: entry.found.multi_valued,
            complex: entry.found.complex,
            values: Vec::new(),
            whole: false,
        });
        self.origins.push(Origin { known, leaves: Vec::new() });
        next
    }

    /// The model's numbers of a plain value.
    pub(in crate::rules::check) fn register_leaf(
        &mut self,
        known: KnownId,
        leaf: usize,
    ) -> (AttributeId, ValueId) {
        let attribute = self.register(known);
        let values = self.model.get_mut(attribute.index()).map(|def| &mut def.values);
        let entry = self.known.get_mut(known.0);
        let (Some(values), Some(entry)) = (values, entry) else { return (attribute, ValueId(0)) };
        let next = ValueId(u32::try_from(values.len()).unwrap_or(u32::MAX));
        let Some(slot) = entry.leaf_in_model.get_mut(leaf) else { return (attribute, next) };
        if let Some(id) = *slot {
            return (attribute, id);
        }
        *slot = Some(next);
        if let Some(origin) = self.origins.get_mut(attribute.index()) {
            origin.leaves.push(leaf);
        }
        if let Some(of) = entry.found.leaves.get(leaf) {
            values.push(ValueDef { name: of.name.clone(), kind: of.kind });
        }
        (attribute, next)
    }

    /// The model's number of a complex attribute whose own presence is asked for.
    pub(in crate::rules::check) fn register_whole(&mut self, known: KnownId) -> AttributeId {
        let attribute = self.register(known);
        if let Some(def) = self.model.get_mut(attribute.index()) {
            def.whole = true;
        }
        attribute
    }

    /// An attribute of the model: how people write it, and whether everybody has a value. `active`
    /// counts as such, for a person without it is active.
    pub(in crate::rules::check) fn describe(
        &self,
        attribute: AttributeId,
        value: Option<ValueId>,
    ) -> Described {
        let Some(origin) = self.origins.get(attribute.index()) else { return Described::default() };
        let Some(known) = self.known.get(origin.known.0) else { return Described::default() };
        let leaf = value.and_then(|value| origin.leaves.get(value.index()).copied());
        let is_active = known.schema == CORE_USER && known.found.name == "active";
        Described {
            display: leaf.map_or_else(|| known.display.clone(), |leaf| known.leaf_display(leaf)),
            whole_display: known.display.clone(),
            always_present: is_active || known.found.required && !known.found.complex,
        }
    }
}

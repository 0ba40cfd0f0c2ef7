//! Filters held against a kind of resource (RFC 7644, 3.4.2.2).
//!
//! Choices: an attribute that the resource type does not have is refused with `invalidFilter`, so
//! that a typing mistake does not look like an empty list; in a search of several types it has no
//! value where it does not belong (3.4.2.1), and is refused if it belongs nowhere. What is never
//! returned, such as `password`, cannot be asked for: whoever can filter by a secret can guess it
//! letter by letter (7.5.2).

use provisor::scim::filter::{
    self, Checked, Expr, ExprKind, Filter, Literal, Op, Options, Placed, Policy, Test, Unknown,
};
use provisor::scim::path::AttrPath;
use provisor::scim::schema::{ResourceType, Schemas};

use crate::error::{ScimError, ScimType};
use crate::id::Kind;

use super::user_name::prepared_filter;
use super::work::type_of;

/// A filter as one kind of resource understands it.
#[derive(Debug, Clone)]
pub(super) struct Sieve {
    /// With canonical paths, for the store.
    pub(super) expr: Expr,
    /// To be asked of resources.
    pub(super) checked: Checked,
    /// Which attributes it looks at.
    pub(super) paths: Vec<AttrPath>,
}

/// Reads a filter for each of the kinds.
///
/// Fails with `invalidFilter`.
pub(super) fn read(
    text: &str,
    kinds: &[Kind],
    schemas: &Schemas,
    options: Options,
) -> Result<Vec<Sieve>, ScimError> {
    let mut filter = filter::parse(text, schemas, options)?;
    filter.root = prepared_filter(filter.root);
    let mut policy = Policy::default();
    // `active eq "true"` is as common as the other leniencies.
    policy.quoted_literals = options != Options::strict();
    if kinds.len() > 1 {
        policy.unknown = Unknown::NoValue;
        known_somewhere(&filter, kinds, schemas)?;
    }
    kinds.iter().map(|kind| sieve(&filter, *kind, schemas, policy)).collect()
}

/// Whether a filter of several kinds can match resources of one at all. It looks at
/// `meta.resourceType` where that decides, so that a search for users passes over the groups.
// Recursion follows the filter, whose depth the parser has limited.
pub(super) fn can_match(expr: &Expr, kind: Kind) -> bool {
    match &expr.node {
        ExprKind::And(parts) => parts.iter().all(|part| can_match(part, kind)),
        ExprKind::Or(parts) => parts.iter().any(|part| can_match(part, kind)),
        ExprKind::Compare { path, test: Test::Value(Op::Eq, literal) } => {
            let asks = path.node.name == "meta" && path.node.sub.as_deref() == Some("resourceType");
            match &literal.node {
                Literal::Text(text) if asks => text == kind.name(),
                _ => true,
            }
        }
        _ => true,
    }
}

fn sieve(
    filter: &Filter,
    kind: Kind,
    schemas: &Schemas,
    policy: Policy,
) -> Result<Sieve, ScimError> {
    let checked = filter.validate(schemas, kind.name(), policy)?;
    let resource_type = type_of(kind, schemas)?;
    let mut paths = Vec::new();
    let expr = canonical(&filter.root, schemas, resource_type, &mut paths);
    Ok(Sieve { expr, checked, paths })
}

/// The filter with paths in the spelling of the schemas, without the main schema's URI, and with
/// `.value` where it is meant. Collects the paths.
fn canonical(
    expr: &Expr,
    schemas: &Schemas,
    resource_type: &ResourceType,
    paths: &mut Vec<AttrPath>,
) -> Expr {
    let node = match &expr.node {
        ExprKind::Or(parts) => ExprKind::Or(
            parts.iter().map(|one| canonical(one, schemas, resource_type, paths)).collect(),
        ),
        ExprKind::And(parts) => ExprKind::And(
            parts.iter().map(|one| canonical(one, schemas, resource_type, paths)).collect(),
        ),
        ExprKind::Not(inner) => {
            ExprKind::Not(Box::new(canonical(inner, schemas, resource_type, paths)))
        }
        ExprKind::Compare { path, test } => {
            let mut found = canonical_path(&path.node, schemas, resource_type);
            if found.sub.is_none() && !is_presence(test) {
                found.sub = value_of(&found, schemas, resource_type);
            }
            paths.push(found.clone());
            ExprKind::Compare { path: Placed::new(found, path.place.clone()), test: test.clone() }
        }
        ExprKind::Element { path, inner } => {
            let found = canonical_path(&path.node, schemas, resource_type);
            paths.push(found.clone());
            let inner = inside(inner, &found, schemas, resource_type);
            ExprKind::Element {
                path: Placed::new(found, path.place.clone()),
                inner: Box::new(inner),
            }
        }
    };
    Placed::new(node, expr.place.clone())
}

/// The condition in brackets, with the sub-attributes in the spelling of the schema.
fn inside(expr: &Expr, outer: &AttrPath, schemas: &Schemas, resource_type: &ResourceType) -> Expr {
    let each = |parts: &[Expr]| {
        parts.iter().map(|one| inside(one, outer, schemas, resource_type)).collect::<Vec<_>>()
    };
    let node = match &expr.node {
        ExprKind::Or(parts) => ExprKind::Or(each(parts)),
        ExprKind::And(parts) => ExprKind::And(each(parts)),
        ExprKind::Not(inner) => {
            ExprKind::Not(Box::new(inside(inner, outer, schemas, resource_type)))
        }
        ExprKind::Compare { path, test } => {
            let whole = AttrPath { sub: Some(path.node.name.clone()), ..outer.clone() };
            let name = whole.canonical(schemas, resource_type).sub;
            let name = name.unwrap_or_else(|| path.node.name.clone());
            let path = Placed::new(AttrPath::new(name, None), path.place.clone());
            ExprKind::Compare { path, test: test.clone() }
        }
        ExprKind::Element { .. } => expr.node.clone(),
    };
    Placed::new(node, expr.place.clone())
}

/// A path in the spelling of the schemas, without the main schema's URI.
pub(super) fn canonical_path(
    path: &AttrPath,
    schemas: &Schemas,
    resource_type: &ResourceType,
) -> AttrPath {
    let mut path = path.canonical(schemas, resource_type);
    if path.schema.as_ref().is_some_and(|one| one.uri.eq_ignore_ascii_case(&resource_type.schema)) {
        path.schema = None;
    }
    path
}

/// `value`, if that is what the attribute alone means in a comparison.
pub(super) fn value_of(
    path: &AttrPath,
    schemas: &Schemas,
    resource_type: &ResourceType,
) -> Option<String> {
    let resolved = path.resolve(schemas, resource_type).ok()?;
    let value = resolved.attribute.sub("value")?;
    Some(value.name.clone())
}

fn is_presence(test: &Test) -> bool {
    match test {
        Test::Present => true,
        Test::Value(op, literal) => matches!(op, Op::Eq | Op::Ne) && literal.node == Literal::Null,
    }
}

fn known_somewhere(filter: &Filter, kinds: &[Kind], schemas: &Schemas) -> Result<(), ScimError> {
    let mut paths = Vec::new();
    outer_paths(&filter.root, &mut paths);
    for path in paths {
        let mut refused = None;
        for kind in kinds {
            let Some(resource_type) = schemas.resource_type(kind.name()) else { continue };
            match path.resolve(schemas, resource_type) {
                Ok(_) => {
                    refused = None;
                    break;
                }
                Err(error) => refused = refused.or(Some(error)),
            }
        }
        if let Some(error) = refused {
            let mut refused = ScimError::from(error);
            refused.scim_type = Some(ScimType::InvalidFilter);
            return Err(refused);
        }
    }
    Ok(())
}

fn outer_paths<'a>(expr: &'a Expr, paths: &mut Vec<&'a AttrPath>) {
    match &expr.node {
        ExprKind::Or(parts) | ExprKind::And(parts) => {
            parts.iter().for_each(|part| outer_paths(part, paths));
        }
        ExprKind::Not(inner) => outer_paths(inner, paths),
        ExprKind::Compare { path, .. } | ExprKind::Element { path, .. } => paths.push(&path.node),
    }
}

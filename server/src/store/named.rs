//! The one resource of a name that need not be unique.

use provisor::json::Json;
use provisor::scim::compare::compared;
use provisor::scim::filter::{ExprKind, Literal, Op, Placed, Test};
use provisor::scim::path::AttrPath;

use super::{Query, Read, StoreError, Stored, Window};
use crate::id::{Kind, TenantId};

/// An attribute whose values need not be unique, and that indexes know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameOf {
    /// `externalId`, which compares with regard to case (RFC 7643, 3.1).
    ExternalId,
    /// `displayName`, which compares without.
    DisplayName,
}

/// Who has a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named {
    /// Nobody.
    Nobody,
    /// One resource.
    One(Box<Stored>),
    /// Several: which one is meant must be said in another way.
    Several,
}

impl NameOf {
    /// The attribute.
    pub fn attribute(self) -> &'static str {
        match self {
            Self::ExternalId => "externalId",
            Self::DisplayName => "displayName",
        }
    }
}

/// Who of a kind has a name.
///
/// # Errors
/// A failing store.
pub fn named(
    tx: &dyn Read,
    tenant: TenantId,
    kind: Kind,
    name: NameOf,
    value: &str,
) -> Result<Named, StoreError> {
    let attribute = name.attribute();
    let exact = name == NameOf::ExternalId;
    let literal = Placed::new(Literal::Text(value.to_owned()), 0..0);
    let filter = Placed::new(
        ExprKind::Compare {
            path: Placed::new(AttrPath::new(attribute, None), 0..0),
            test: Test::Value(Op::Eq, literal),
        },
        0..0,
    );
    let wanted = compared(value, exact);
    let query = Query {
        filter: Some(&filter),
        matches: &|_, stored| {
            let content = stored.content()?;
            let own = content.attribute(attribute).and_then(Json::as_str);
            Ok(own.is_some_and(|own| compared(own, exact) == wanted))
        },
        order: None,
        window: Window::Index { skip: 0, count: 2 },
        total: false,
    };
    let mut found = tx.find(tenant, kind, &query)?.resources;
    Ok(match (found.pop(), found.pop()) {
        (None, _) => Named::Nobody,
        (Some(one), None) => Named::One(Box::new(one)),
        (Some(_), Some(_)) => Named::Several,
    })
}

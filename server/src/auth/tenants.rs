//! Tenants: whose resources nobody else sees. What isolates them is that every question to the
//! store names the tenant of the [`Principal`](super::Principal), never one from the request.

use serde::{Deserialize, Serialize};

use super::{clients, tokens};
use crate::clock::Timestamp;
use crate::error::ScimError;
use crate::id::{Kind, TenantId};
use crate::service::dialect::Dialect;
use crate::store::{NOBODY, Read, Shelf, StoreError, StoreErrorKind, Write};

/// The tenant that a new database has.
pub const DEFAULT: TenantId = TenantId(1);

/// What is kept of a tenant, as JSON under its number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tenant {
    /// Its number, which is never given again.
    pub number: i64,
    /// Its name, unique without regard to case.
    pub name: String,
    /// When it was made, in milliseconds since 1970.
    pub created: i64,
    /// It was removed: its number stays taken.
    #[serde(default)]
    pub removed: bool,
    /// The dialect of credentials that have none of their own.
    #[serde(default)]
    pub dialect: Option<String>,
}

impl Tenant {
    /// The dialect of its credentials that have none of their own.
    ///
    /// # Errors
    /// `Broken` where this version of the server does not know it.
    pub fn dialect(&self) -> Result<Option<Dialect>, StoreError> {
        let unknown = |_| StoreError::new(StoreErrorKind::Broken, "a kept dialect is not known");
        self.dialect.as_deref().map(str::parse).transpose().map_err(unknown)
    }
}

/// Makes the default tenant where there is none at all; true if it did.
pub fn ensure_default(tx: &dyn Write, now: Timestamp) -> Result<bool, StoreError> {
    if !all(tx)?.is_empty() {
        return Ok(false);
    }
    let name = "default".to_owned();
    put(tx, &Tenant { number: DEFAULT.0, name, created: now.0, removed: false, dialect: None })?;
    Ok(true)
}

/// Makes a tenant.
pub fn add(tx: &dyn Write, name: &str, now: Timestamp) -> Result<Tenant, ScimError> {
    tokens::check_name(name)?;
    let all = all(tx)?;
    if named(&all, name).is_some() {
        return Err(ScimError::new(409, format!("there is a tenant `{name}` already")));
    }
    let number = all.iter().map(|tenant| tenant.number).max().unwrap_or(0).saturating_add(1);
    let name = name.to_owned();
    let tenant = Tenant { number, name, created: now.0, removed: false, dialect: None };
    put(tx, &tenant)?;
    Ok(tenant)
}

/// Says which dialect credentials of a tenant have that have none of their own; `None` for that
/// of the server. A server that runs hears of it as of a change of tokens.
pub fn set_dialect(
    tx: &dyn Write,
    reference: &str,
    dialect: Option<Dialect>,
) -> Result<Tenant, ScimError> {
    let mut tenant = find(tx, reference)?;
    tenant.dialect = dialect.map(|dialect| dialect.to_string());
    put(tx, &tenant)?;
    Ok(tenant)
}

/// Takes a tenant away, with its tokens and clients. Refused while it has people or groups: what
/// they have elsewhere must be taken from them first.
pub fn remove(tx: &dyn Write, reference: &str) -> Result<Tenant, ScimError> {
    let mut tenant = find(tx, reference)?;
    let id = TenantId(tenant.number);
    let (people, groups) = (tx.count(id, Kind::User)?, tx.count(id, Kind::Group)?);
    if people + groups > 0 {
        return Err(ScimError::new(
            409,
            format!(
                "the tenant `{}` has {people} users and {groups} groups; delete them first",
                tenant.name
            ),
        ));
    }
    tokens::remove_where(tx, |token| token.tenant == id.0)?;
    clients::remove_of(tx, id)?;
    tenant.removed = true;
    put(tx, &tenant)?;
    Ok(tenant)
}

/// Every tenant, in the order of numbers.
pub fn list(tx: &dyn Read) -> Result<Vec<Tenant>, StoreError> {
    Ok(all(tx)?.into_iter().filter(|tenant| !tenant.removed).collect())
}

/// A tenant by its number.
pub fn get(tx: &dyn Read, id: TenantId) -> Result<Option<Tenant>, StoreError> {
    let body = tx.document(NOBODY, Shelf::Tenants, &id.0.to_string())?;
    let tenant = body.as_deref().map(read).transpose()?;
    Ok(tenant.filter(|tenant| !tenant.removed))
}

/// A tenant by its name or number.
pub fn find(tx: &dyn Read, reference: &str) -> Result<Tenant, ScimError> {
    let all = all(tx)?;
    let found = named(&all, reference).or_else(|| {
        let number: i64 = reference.parse().ok()?;
        all.iter().find(|tenant| tenant.number == number && !tenant.removed)
    });
    found.cloned().ok_or_else(|| {
        let known = all.iter().filter(|tenant| !tenant.removed).map(|t| t.name.as_str());
        let near = provisor::diagnostic::suggest::nearest(reference, known)
            .map(|name| format!("; did you mean `{name}`?"))
            .unwrap_or_default();
        ScimError::new(404, format!("there is no tenant `{reference}`{near}"))
    })
}

fn all(tx: &dyn Read) -> Result<Vec<Tenant>, StoreError> {
    let mut tenants = Vec::new();
    for (_, body) in tx.documents(NOBODY, Shelf::Tenants)? {
        tenants.push(read(&body)?);
    }
    tenants.sort_by_key(|tenant: &Tenant| tenant.number);
    Ok(tenants)
}

fn named<'a>(tenants: &'a [Tenant], name: &str) -> Option<&'a Tenant> {
    let wanted = provisor::scim::compare::compared(name, false);
    tenants.iter().find(|tenant| {
        !tenant.removed && provisor::scim::compare::compared(&tenant.name, false) == wanted
    })
}

fn put(tx: &dyn Write, tenant: &Tenant) -> Result<(), StoreError> {
    let body = serde_json::to_string(tenant)
        .map_err(|_| StoreError::new(StoreErrorKind::Broken, "a tenant cannot be written"))?;
    tx.put_document(NOBODY, Shelf::Tenants, &tenant.number.to_string(), &body)
}

fn read(body: &str) -> Result<Tenant, StoreError> {
    serde_json::from_str(body)
        .map_err(|_| StoreError::new(StoreErrorKind::Broken, "a kept tenant cannot be read"))
}

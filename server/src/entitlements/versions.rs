//! Versions of the rules of a tenant: kept whole, put atomically, refused if they do not check.
//!
//! On the shelf `rules` stand `state`, and for each kept version N `version/N` (who, when, hash)
//! and `text/N` (every file).

use std::collections::BTreeSet;
use std::fmt::Display;
use std::path::Path;
use std::sync::{Arc, PoisonError};

use provisor::diagnostic::render::json;
use provisor::diagnostic::{Diagnostics, Severity};
use provisor::rules::build::Built;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::batch::{self, Kind};
use super::{Cause, Entitlements, Rules, RulesText, holds};
use crate::error::ScimError;
use crate::id::{Kind as ResourceKind, TenantId};
use crate::limits;
use crate::store::{Read, Shelf, Store, StoreError, Write};

/// Compiled versions that are kept in memory for each tenant: the one in force, the one on its
/// way, and the one before.
const COMPILED: usize = 3;

/// What is in force and what is on its way.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct State {
    /// The version in force.
    pub in_force: Option<u64>,
    /// The greatest number of a version so far.
    pub last_version: u64,
    /// The greatest number of a batch so far.
    pub last_batch: u64,
    /// The batch that is being counted, applied or confirmed; one at a time.
    pub running: Option<u64>,
    /// The batches that hold something; see [`holds`]. `None` in a store of before it was kept.
    pub holding: Option<BTreeSet<u64>>,
}

/// What is known of a version without reading its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VersionInfo {
    /// Its number.
    pub version: u64,
    /// SHA-256 of its text.
    pub hash: String,
    /// Path of the root file.
    pub root: String,
    /// When it was put, in milliseconds since 1970.
    pub at: i64,
    /// Who put it.
    pub actor: String,
    /// The request that did.
    pub request: String,
    /// Where it came from: `file`, `api` or `cancel`.
    pub origin: String,
    /// How many warnings its check gave.
    pub warnings: usize,
    /// Bytes of all files.
    pub bytes: usize,
}

/// Rules to put in force.
#[derive(Debug, Clone)]
pub struct Put {
    /// The files.
    pub text: RulesText,
    /// See [`VersionInfo::origin`].
    pub origin: &'static str,
    /// The version that must be in force for this one to replace it: `Some(None)` for none,
    /// `None` for whatever is.
    pub expected: Option<Option<u64>>,
}

/// Rules that were put.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Placed {
    /// Their version.
    pub version: u64,
    /// The batch that brings them to everybody; none where nobody is there, or where the same
    /// rules are in force already.
    pub batch: Option<u64>,
    /// Warnings of the check, as the JSON of diagnostics.
    pub diagnostics: serde_json::Value,
    /// When the change reaches people, for who has put it.
    pub text: String,
}

/// Why rules are not put in force; the old ones still are.
#[derive(Debug, Clone, PartialEq)]
pub enum PutRefused {
    /// They do not check: the diagnostics as JSON.
    Findings(serde_json::Value),
    /// Anything else.
    Other(ScimError),
}

impl Entitlements {
    /// The rules in force in a snapshot.
    ///
    /// # Errors
    /// A failing store; rules that this version of the server refuses although an older one
    /// accepted them. Going on without rules would leave people what they must lose.
    pub fn in_force(
        &self,
        tx: &dyn Read,
        tenant: TenantId,
    ) -> Result<Option<Arc<Rules>>, ScimError> {
        match state(tx, tenant)?.in_force {
            Some(version) => self.compiled(tx, tenant, version).map(Some),
            None => Ok(None),
        }
    }

    /// Whether a tenant ever had rules, so that its people can have entitlements.
    ///
    /// # Errors
    /// A failing store.
    pub fn any(&self, tx: &dyn Read, tenant: TenantId) -> Result<bool, ScimError> {
        Ok(state(tx, tenant)?.last_version > 0)
    }

    /// Puts rules in force: at once where nobody is there, otherwise as a batch that counts
    /// first.
    ///
    /// # Errors
    /// [`PutRefused`]; the rules in force stay.
    pub async fn put_rules(
        self: &Arc<Self>,
        store: &Store,
        cause: &Cause,
        put: Put,
    ) -> Result<Placed, PutRefused> {
        limit(&put.text)?;
        // Large rules take a while to check.
        let building = tokio::task::spawn_blocking(move || (put.text.build(), put));
        let (built, put) = building.await.map_err(|_| {
            PutRefused::Other(ScimError::new(500, "checking the rules was interrupted"))
        })?;
        self.put_built(store, cause, put, built).await
    }

    /// Reads rules from files and puts them in force if they are not those that are. Gives what
    /// was read too, for [`Self::watch`].
    ///
    /// # Errors
    /// See [`Self::put_rules`].
    pub async fn put_file(
        self: &Arc<Self>,
        store: &Store,
        cause: &Cause,
        root: &Path,
    ) -> Result<(Placed, RulesText), PutRefused> {
        let path = root.to_owned();
        self.files
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(cause.tenant, path.clone());
        let reading = tokio::task::spawn_blocking(move || super::text::read(&path));
        let read = reading.await.unwrap_or_else(|_| Err("reading was interrupted".to_owned()));
        let (text, built) = read.map_err(|words| PutRefused::Other(ScimError::new(500, words)))?;
        let put = Put { text: text.clone(), origin: "file", expected: None };
        let placed = self.put_built(store, cause, put, built).await?;
        Ok((placed, text))
    }

    /// Reads the rules of a tenant again from the file that they came from; see
    /// [`Self::put_file`].
    ///
    /// # Errors
    /// 409 where they come from no file; those of [`Self::put_rules`].
    pub async fn reload(
        self: &Arc<Self>,
        store: &Store,
        cause: &Cause,
    ) -> Result<Placed, PutRefused> {
        let root =
            self.files.read().unwrap_or_else(PoisonError::into_inner).get(&cause.tenant).cloned();
        let root = root.ok_or_else(|| {
            let words =
                "the rules of this tenant come from no file; put them through the admin API";
            PutRefused::Other(ScimError::new(409, words))
        })?;
        self.put_file(store, cause, &root).await.map(|(placed, _)| placed)
    }

    async fn put_built(
        self: &Arc<Self>,
        store: &Store,
        cause: &Cause,
        put: Put,
        built: Built,
    ) -> Result<Placed, PutRefused> {
        let diagnostics = findings(&built.diagnostics, &built);
        let Some(set) = built.rules else {
            return Err(PutRefused::Findings(diagnostics));
        };
        let warnings = built.diagnostics.count(Severity::Warning);
        let (this, cause) = (Arc::clone(self), cause.clone());
        store
            .write(move |tx| {
                let at_once = set.model().settings.propagate_at_once;
                let (version, batch) = this.place(tx, &cause, &put, set, warnings)?;
                let text = reaches(batch, at_once);
                Ok(Placed { version, batch, diagnostics, text })
            })
            .await
            .map_err(PutRefused::Other)
    }

    /// Keeps a version, and puts it in force or on its way. Gives its number and its batch.
    pub(super) fn place(
        &self,
        tx: &dyn Write,
        cause: &Cause,
        put: &Put,
        set: provisor::decide::RuleSet,
        warnings: usize,
    ) -> Result<(u64, Option<u64>), ScimError> {
        let Cause { tenant, at, .. } = *cause;
        let mut state = state(tx, tenant)?;
        if put.expected.is_some_and(|expected| expected != state.in_force) {
            return Err(ScimError::changed_meanwhile());
        }
        let hash = put.text.hash();
        if let Some(version) = state.in_force
            && info(tx, tenant, version)?.is_some_and(|info| info.hash == hash)
        {
            return Ok((version, None));
        }
        if state.running.is_some() {
            return Err(busy());
        }
        let version = state.last_version + 1;
        state.last_version = version;
        let info = VersionInfo {
            version,
            hash,
            root: put.text.root.clone(),
            at: at.0,
            actor: cause.actor.clone(),
            request: cause.request.clone(),
            origin: put.origin.to_owned(),
            warnings,
            bytes: put.text.bytes(),
        };
        keep(tx, tenant, Shelf::Rules, &key("version", version), &info)?;
        keep(tx, tenant, Shelf::Rules, &key("text", version), &put.text)?;
        forget_old(tx, tenant, &state)?;
        self.remember(tenant, Arc::new(Rules::new(version, set)));
        let batch = if tx.count(tenant, ResourceKind::User)? == 0 {
            state.in_force = Some(version);
            holds::supersede(tx, cause, &mut state, None)?;
            None
        } else {
            let kind = Kind::Rules { version, previous: state.in_force };
            Some(batch::open(tx, cause, &mut state, kind)?)
        };
        keep(tx, tenant, Shelf::Rules, "state", &state)?;
        let body = serde_json::json!({
            "what": "rulesPut", "version": version, "batch": batch,
            "actor": cause.actor, "request": cause.request,
        });
        tx.append_audit(tenant, None, at, &body.to_string())?;
        Ok((version, batch))
    }

    /// Versions before one, latest first, at most so many.
    pub fn versions(
        &self,
        tx: &dyn Read,
        tenant: TenantId,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<VersionInfo>, ScimError> {
        let last = state(tx, tenant)?.last_version;
        let before = before.unwrap_or(u64::MAX).min(last.saturating_add(1));
        let first = last.saturating_sub(limits::RULES_VERSIONS - 1).max(1);
        let mut found = Vec::new();
        for version in (first..before).rev().take(limit) {
            found.extend(info(tx, tenant, version)?);
        }
        Ok(found)
    }

    /// A version with its text; of the one in force where none is named.
    pub fn version(
        &self,
        tx: &dyn Read,
        tenant: TenantId,
        version: Option<u64>,
    ) -> Result<Option<(VersionInfo, RulesText)>, ScimError> {
        let Some(version) = version.or(state(tx, tenant)?.in_force) else { return Ok(None) };
        let text = kept(tx, tenant, Shelf::Rules, &key("text", version))?;
        Ok(info(tx, tenant, version)?.zip(text))
    }

    /// The compiled form of a version.
    pub(super) fn compiled(
        &self,
        tx: &dyn Read,
        tenant: TenantId,
        version: u64,
    ) -> Result<Arc<Rules>, ScimError> {
        let known = self.compiled.read().ok().and_then(|compiled| {
            compiled.get(&tenant)?.iter().find(|rules| rules.version == version).cloned()
        });
        if let Some(rules) = known {
            return Ok(rules);
        }
        let text: Option<RulesText> = kept(tx, tenant, Shelf::Rules, &key("text", version))?;
        let set = text.and_then(|text| text.build().rules).ok_or_else(|| {
            tracing::error!(tenant = tenant.0, version, "the rules in force do not check any more");
            ScimError::new(500, "the rules in force cannot be read by this version of the server")
        })?;
        let rules = Arc::new(Rules::new(version, set));
        self.remember(tenant, Arc::clone(&rules));
        Ok(rules)
    }

    fn remember(&self, tenant: TenantId, rules: Arc<Rules>) {
        let Ok(mut compiled) = self.compiled.write() else { return };
        let versions = compiled.entry(tenant).or_default();
        // A number whose transaction was taken back may come again with other rules.
        versions.retain(|other| other.version != rules.version);
        versions.push(rules);
        if versions.len() > COMPILED {
            versions.remove(0);
        }
    }
}

/// Diagnostics as the JSON that `provisor check --format json` prints.
pub fn findings(diagnostics: &Diagnostics, built: &Built) -> serde_json::Value {
    json::value(diagnostics, &built.sources)
}

/// When a change reaches people.
fn reaches(batch: Option<u64>, at_once: bool) -> String {
    match batch {
        None => "nobody is there yet, or the same rules are in force already".to_owned(),
        Some(batch) if at_once => format!(
            "batch {batch} brings the change to everybody; what the brake holds waits for your word"
        ),
        Some(batch) => format!(
            "batch {batch} takes away at once what a never forbids, and says for how many people \
             the rest is `pending`: until your provider next sends something about them, or \
             `POST /admin/v1/batches` applies it. That holds too for people who were there before \
             the first rules"
        ),
    }
}

/// Refuses rules that are too large before anything reads them.
fn limit(text: &RulesText) -> Result<(), PutRefused> {
    let total = provisor::limits::TOTAL_BYTES;
    let words = if text.files.len() > limits::RULES_FILES {
        format!("the rules have more than {} files, which is the limit", limits::RULES_FILES)
    } else if text.bytes() > total {
        format!("the rules have more than {total} bytes, which is the limit")
    } else {
        return Ok(());
    };
    Err(PutRefused::Other(ScimError::new(413, words)))
}

fn forget_old(tx: &dyn Write, tenant: TenantId, state: &State) -> Result<(), StoreError> {
    let Some(old) = state.last_version.checked_sub(limits::RULES_VERSIONS) else { return Ok(()) };
    if state.in_force != Some(old) {
        tx.remove_document(tenant, Shelf::Rules, &key("version", old))?;
        tx.remove_document(tenant, Shelf::Rules, &key("text", old))?;
    }
    Ok(())
}

/// 409 while another batch is under way.
pub(super) fn busy() -> ScimError {
    ScimError::new(409, "another batch is on its way to everybody; wait until it is done")
}

pub(super) fn state(tx: &dyn Read, tenant: TenantId) -> Result<State, ScimError> {
    Ok(kept(tx, tenant, Shelf::Rules, "state")?.unwrap_or_default())
}

fn info(tx: &dyn Read, tenant: TenantId, version: u64) -> Result<Option<VersionInfo>, ScimError> {
    kept(tx, tenant, Shelf::Rules, &key("version", version))
}

/// A key whose text order is the order of numbers.
pub(super) fn key(what: &str, number: u64) -> String {
    format!("{what}/{number:012}")
}

/// A document of ours.
pub(super) fn kept<T: DeserializeOwned>(
    tx: &dyn Read,
    tenant: TenantId,
    shelf: Shelf,
    key: &str,
) -> Result<Option<T>, ScimError> {
    let what = format_args!("the document {key} on the shelf {}", shelf.name());
    tx.document(tenant, shelf, key)?.map(|text| from_text(&text, what)).transpose()
}

/// Keeps a document of ours.
pub(super) fn keep<T: Serialize>(
    tx: &dyn Write,
    tenant: TenantId,
    shelf: Shelf,
    key: &str,
    document: &T,
) -> Result<(), ScimError> {
    Ok(tx.put_document(tenant, shelf, key, &to_text(document)?)?)
}

/// Text of what is kept.
pub(super) fn to_text<T: Serialize>(document: &T) -> Result<String, ScimError> {
    serde_json::to_string(document).map_err(|error| {
        StoreError::broken(format!("what is to be kept cannot be written as JSON: {error}")).into()
    })
}

/// What is kept, from its text; `what` is for the log.
pub(super) fn from_text<T: DeserializeOwned>(
    text: &str,
    what: impl Display,
) -> Result<T, ScimError> {
    serde_json::from_str(text).map_err(|error| {
        // Only where and what was expected: the text itself may hold personal values.
        let (line, column) = (error.line(), error.column());
        let detail = format!("{what} cannot be read at line {line}, column {column}");
        StoreError::broken(detail).into()
    })
}

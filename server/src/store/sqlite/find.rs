//! Questions about many resources.
//!
//! A [`plan`] says what of a filter the keys can answer, [`sql`] writes it, [`order`] knows what
//! indexes sort, [`scan`] walks, [`page`] collects.

mod order;
mod page;
mod plan;
mod scan;
mod sql;

use super::failure::failed;
use super::schema::class;
use super::session::Session;
use crate::id::{Kind, TenantId};
use crate::store::{Found, Query, StoreError};

use order::Sort;
use plan::Plan;
use scan::Search;
use sql::{Source, Statement};

/// Candidates up to so many are taken and sorted; of more, the index of the order is followed
/// and each resource tried.
const FEW: i64 = 5_000;

/// See [`Query`].
pub(super) fn find(
    session: &Session<'_>,
    tenant: TenantId,
    kind: Kind,
    query: &Query<'_>,
) -> Result<Found, StoreError> {
    let search = search(session, tenant, kind, query)?;
    match (Sort::of(query.order.as_ref(), kind), &query.order) {
        (None, Some(order)) => search.by_key(order),
        (Some(sort), _) => search.indexed(sort),
        // The order of ids always has an index.
        (None, None) => Ok(Found::default()),
    }
}

fn search<'s>(
    session: &'s Session<'s>,
    tenant: TenantId,
    kind: Kind,
    query: &'s Query<'s>,
) -> Result<Search<'s>, StoreError> {
    let plan = Plan::of(query.filter, kind);
    let class = class(kind);
    let mut candidates: Option<(u64, Vec<Source>)> = None;
    for way in sql::ways(&plan.condition) {
        let rows = size(session, tenant, class, &way)?;
        if candidates.as_ref().is_none_or(|(least, _)| rows < *least) {
            candidates = Some((rows, way));
        }
    }
    let few = u64::try_from(FEW).unwrap_or(u64::MAX);
    let candidates = candidates.filter(|(rows, _)| *rows < few);
    let at_most_one = candidates.as_ref().is_some_and(|(rows, _)| *rows <= 1);
    let candidates = candidates.map(|(_, way)| way);
    Ok(Search { session, tenant, class, plan, candidates, at_most_one, query })
}

/// How many rows some sources have, counted up to [`FEW`].
fn size(
    session: &Session<'_>,
    tenant: TenantId,
    class: i64,
    way: &[Source],
) -> Result<u64, StoreError> {
    if let [one] = way
        && one.is_one()
    {
        return Ok(1);
    }
    let mut statement = Statement::new("SELECT count(*) FROM (SELECT 1 FROM (", tenant, class);
    statement.sources_streamed(way);
    statement.push(") LIMIT ");
    statement.bind(FEW);
    statement.push(")");
    scan::number(session.conn, &statement).map_err(failed("choosing an index"))
}

#[cfg(test)]
mod tests {
    use provisor::scim::filter;
    use provisor::scim::schema::Schemas;
    use rusqlite::{Connection, params_from_iter};

    use super::*;
    use crate::store::sqlite::{Options, open};
    use crate::store::{Order, Position, Read, SortKey, Stored, Window};

    const TENANT: TenantId = TenantId(1);

    /// How SQLite goes about a question, a line a step.
    fn explained(
        conn: &Connection,
        kind: Kind,
        text: Option<&str>,
        order: Option<&str>,
        after: Option<&Position>,
    ) -> Vec<String> {
        let filter = text.map(|text| {
            filter::parse(text, &Schemas::standard(), filter::Options::lenient()).unwrap()
        });
        let key = |_: &dyn Read, _: &Stored| Ok(SortKey::Absent);
        let matches = |_: &dyn Read, _: &Stored| Ok(true);
        let query = Query {
            filter: filter.as_ref().map(|filter| &filter.root),
            matches: &matches,
            order: order.map(|path| Order {
                path,
                descending: path.ends_with("created"),
                key: &key,
            }),
            window: Window::After { position: after.cloned(), count: 10 },
            total: false,
        };
        let session = Session::reading(conn);
        let search = search(&session, TENANT, kind, &query).unwrap();
        let sort = Sort::of(query.order.as_ref(), kind).unwrap();
        let part = sort.parts(after)[0];
        let statement = search.statement(sort, part, after, Some(11)).unwrap();
        let mut explain = conn.prepare(&format!("EXPLAIN QUERY PLAN {}", statement.text)).unwrap();
        explain
            .query_map(params_from_iter(&statement.values), |row| row.get(3))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap()
    }

    fn empty() -> (tempfile::TempDir, Connection) {
        let folder = tempfile::tempdir().unwrap();
        let conn = open::writer(&folder.path().join("store.db"), &Options::default()).unwrap();
        (folder, conn)
    }

    /// Whether the steps look up in an index and read no table from end to end.
    fn assert_uses(steps: &[String], index: &str, what: &str) {
        assert!(
            steps.iter().any(|step| step.starts_with("SEARCH") && step.contains(index)),
            "{what}: {steps:#?}"
        );
        for step in steps {
            let whole = step.starts_with("SCAN")
                && !step.starts_with("SCAN one")
                && !step.starts_with("SCAN below");
            assert!(!whole, "{what}: {steps:#?}");
        }
    }

    #[test]
    fn common_look_ups_use_their_index() {
        let (_folder, conn) = empty();
        let id = "0190b5a0-0000-7000-8000-000000000000";
        let by_id = format!("id eq \"{id}\"");
        let in_group = format!("groups.value eq \"{id}\"");
        for (text, index) in [
            ("userName eq \"a\"", "resources_user_name (tenant=? AND class=? AND user_name=?)"),
            ("userName sw \"a\"", "user_name>? AND user_name<?"),
            (
                "externalId eq \"a\"",
                "resources_external_id (tenant=? AND class=? AND external_id=?)",
            ),
            (
                "displayName eq \"a\"",
                "resources_display_name (tenant=? AND class=? AND display_name=?)",
            ),
            ("emails.value eq \"a\"", "emails_value (tenant=? AND value=?)"),
            ("emails[type eq \"work\" and value eq \"a\"]", "emails_value (tenant=? AND value=?)"),
            (
                "active eq false and title co \"a\"",
                "resources_active (tenant=? AND class=? AND active=?)",
            ),
            ("meta.lastModified gt \"2025-01-01T00:00:00Z\"", "modified>?"),
            ("userName eq \"a\" or emails.value eq \"b\"", "emails_value (tenant=? AND value=?)"),
            (&by_id, "resources_id (tenant=? AND class=? AND id=?)"),
            (&in_group, "holder=?"),
        ] {
            assert_uses(&explained(&conn, Kind::User, Some(text), None, None), index, text);
        }
        let member = format!("members.value eq \"{id}\"");
        let steps = explained(&conn, Kind::Group, Some(&member), None, None);
        assert_uses(&steps, "members_holders (tenant=? AND member=?)", &member);
    }

    #[test]
    fn an_order_follows_its_index_from_where_the_last_page_ended() {
        let (_folder, conn) = empty();
        let id = crate::id::Id::new();
        let text = Position { key: Some(SortKey::Text("a".to_owned())), id };
        let number = Position { key: Some(SortKey::Number(1)), id };
        let plain = Position { key: None, id };
        for (order, after, index) in [
            (None, &plain, "resources_id (tenant=? AND class=? AND id>?)"),
            (
                Some("displayName"),
                &text,
                "resources_display_name (tenant=? AND class=? AND (display_name,id)>(?,?))",
            ),
            (
                Some("externalId"),
                &text,
                "resources_external_id (tenant=? AND class=? AND (external_id,id)>(?,?))",
            ),
            (Some("userName"), &text, "resources_user_name (tenant=? AND class=? AND user_name>?)"),
            (
                Some("meta.lastModified"),
                &number,
                "resources_modified (tenant=? AND class=? AND (modified,id)>(?,?))",
            ),
            (
                Some("meta.created"),
                &number,
                "resources_created (tenant=? AND class=? AND created<?)",
            ),
        ] {
            let steps = explained(&conn, Kind::User, None, order, Some(after));
            assert_uses(&steps, index, &format!("{order:?}"));
            let sorted = steps.iter().any(|step| step.contains("B-TREE FOR ORDER BY"));
            assert!(!sorted, "{order:?}: {steps:#?}");
        }
    }
}

//! SCIM messages: what requests ask and what responses say (RFC 7644, 3.4 to 3.14; RFC 9865).

pub mod body;
pub mod bulk;
pub mod condition;
pub mod discovery;
pub mod endpoint;
mod error;
pub mod list;
pub(crate) mod message;
pub mod query;
pub mod represent;
pub mod schemas;
pub mod search;

pub use error::ERROR;

use provisor::json::Json;

/// Which attributes a response has (RFC 7644, 3.9).
pub use provisor::scim::project::Projection;

/// `If-Match` and `If-None-Match` (RFC 7644, 3.14; RFC 9110, 13), compared weakly.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Condition {
    /// The resource must have one of these.
    pub if_match: Option<Tags>,
    /// The resource must have none of these.
    pub if_none_match: Option<Tags>,
}

/// The value of a condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tags {
    /// `*`
    Any,
    /// Opaque tags without `W/` and quotes.
    These(Vec<String>),
}

/// A query of many resources, from a query string or a SearchRequest.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ListQuery {
    /// `filter`, as written.
    pub filter: Option<String>,
    /// `sortBy`, as written.
    pub sort_by: Option<String>,
    /// `sortOrder` is `descending`.
    pub descending: bool,
    /// `startIndex`; less than 1 means 1.
    pub start_index: Option<i64>,
    /// `count`; less than 0 means 0.
    pub count: Option<i64>,
    /// `cursor` (RFC 9865); the empty text is the first page.
    pub cursor: Option<String>,
}

/// A ListResponse to write.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Listed {
    /// `totalResults`
    pub total: Option<u64>,
    /// `startIndex`, where pages are counted.
    pub start_index: Option<u64>,
    /// `nextCursor`
    pub next_cursor: Option<String>,
    /// `Resources`, projected.
    pub resources: Vec<Json>,
}

/// A BulkRequest (RFC 7644, 3.7).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct BulkRequest {
    /// `failOnErrors`
    pub fail_on_errors: Option<u64>,
    /// `Operations` in order.
    pub operations: Vec<BulkOperation>,
}

/// One operation of it.
#[derive(Debug, Clone, PartialEq)]
pub struct BulkOperation {
    /// `method`: POST, PUT, PATCH or DELETE, in capitals.
    pub method: String,
    /// `bulkId`
    pub bulk_id: Option<String>,
    /// `path`, such as `/Users` or `/Groups/bulkId:g1`.
    pub path: String,
    /// `version`: an ETag.
    pub version: Option<String>,
    /// `data`
    pub data: Option<Json>,
}

/// A BulkResponse.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct BulkResponse {
    /// The results, in the order of the request as far as it was done.
    pub operations: Vec<BulkResult>,
}

/// The result of one operation.
#[derive(Debug, Clone, PartialEq)]
pub struct BulkResult {
    /// Its method.
    pub method: String,
    /// Its `bulkId`.
    pub bulk_id: Option<String>,
    /// The resource; not of a failed POST.
    pub location: Option<String>,
    /// The ETag of the resource.
    pub version: Option<String>,
    /// The HTTP status.
    pub status: u16,
    /// The error body, for a status of 300 and more.
    pub response: Option<Json>,
}

//! Every limit on what comes from outside, in one table. Those that a configuration can change
//! are defaults here.

use std::time::Duration;

/// Bytes of one request body.
pub const BODY_BYTES: usize = 4 * 1024 * 1024;
/// Bytes of a body that is too long that are read and thrown away, so that the client gets to
/// know why.
pub const DRAINED: usize = 8 * 1024 * 1024;
/// How long that may take.
pub const DRAIN_TIME: Duration = Duration::from_secs(1);
/// Operations of one bulk request (`bulk.maxOperations`).
pub const BULK_OPERATIONS: usize = 1_000;
/// Resources of one page (`filter.maxResults`, `pagination.maxPageSize`).
pub const PAGE: usize = 1_000;
/// Resources of a page where the client asks for no number.
pub const DEFAULT_PAGE: usize = 100;
/// Resources that a sort by an attribute without an index may look at; beyond, `tooMany`.
pub const SORTED_WITHOUT_INDEX: usize = 200_000;
/// How long a cursor may be used (`pagination.cursorTimeout`).
pub const CURSOR_AGE: Duration = Duration::from_secs(3600);
/// Bytes of a query string. The HTTP parser ends at 64 KiB for the whole target, without a body
/// that explains it, so this is less; longer questions go to `/.search`.
pub const QUERY_BYTES: usize = 32 * 1024;
/// Names in `attributes` or `excludedAttributes`.
pub const PROJECTED: usize = 1_000;
/// Bytes of an id in a path, before and after decoding; a longer one is nobody's.
pub const ID_BYTES: usize = 1024;
/// Bytes of the head of a request.
pub const HEAD_BYTES: usize = 96 * 1024;
/// Bytes of an `X-Request-Id` that is taken over.
pub const REQUEST_ID_BYTES: usize = 64;
/// Characters of a `userName`.
pub const USER_NAME: usize = 1_024;
/// Characters of other texts that resources are found by: `externalId`, `displayName`.
pub const KEY_TEXT: usize = 4_096;
/// Nesting of groups in groups that is followed.
pub const GROUP_NESTING: usize = 32;
/// How long a body may take to come, and then the answer to be found.
pub const REQUEST_TIME: Duration = Duration::from_secs(30);
/// After how long a client that was told 503 may come again.
pub const RETRY_AFTER: Duration = Duration::from_secs(5);
/// How long the head of a request may take.
pub const HEAD_TIME: Duration = Duration::from_secs(10);
/// Requests that are answered at the same time; more wait.
pub const CONCURRENT_REQUESTS: usize = 512;
/// Requests of one token that are answered at the same time; more are refused with 429. A quarter
/// of all, so that none keeps others waiting.
pub const TOKEN_REQUESTS: usize = 128;
/// The same of one tenant.
pub const TENANT_REQUESTS: usize = 256;
/// Readers of the change feed of one tenant that wait at the same time; more are refused with
/// 429. They count among no other requests.
pub const FEED_WAITERS: usize = 32;
/// After how long a client that has too many requests under way may come again.
pub const TURN_TIME: Duration = Duration::from_secs(1);
/// Versions of rules that are kept for each tenant.
pub const RULES_VERSIONS: u64 = 50;
/// Files of one rule set that comes through the API.
pub const RULES_FILES: usize = 1_000;
/// Batches that are kept for each tenant.
pub const BATCHES: u64 = 100;
/// People of a batch that are written in one transaction.
pub const BATCH_CHUNK: usize = 500;
/// People whose settled events are applied in one transaction.
pub const SETTLE_CHUNK: usize = 200;
/// Ids that an entry of the audit trail names.
pub const AUDIT_IDS: usize = 100;
/// Lines of one import.
pub const IMPORT_LINES: usize = 100_000;
/// Bytes of one request to the admin API.
pub const ADMIN_BODY_BYTES: usize = 32 * 1024 * 1024;
/// How long a reader of the change feed may wait for the next entry.
pub const FEED_WAIT: Duration = Duration::from_secs(25);
/// Entries of the change feed or audit trail on one page.
pub const FEED_PAGE: usize = 1_000;
/// Connections at the same time; more wait to be accepted.
pub const CONNECTIONS: usize = 2_048;
/// How long a client may leave a response unread.
pub const STALL_TIME: Duration = Duration::from_secs(30);
/// How long after the server was told to stop what is half sent may still come to its end.
pub const STOP_TIME: Duration = Duration::from_secs(2);
/// How long requests under way may go on after the server was told to stop.
pub const GRACE_TIME: Duration = Duration::from_secs(20);

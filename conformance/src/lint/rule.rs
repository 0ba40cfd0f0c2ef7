//! What documents are checked for: one table.

use crate::scenario::Level;

/// Who made a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sender {
    /// A SCIM client: the body of a request.
    Client,
    /// A service provider: the body of a response.
    Server,
}

/// One thing that documents are checked for.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its name in reports.
    pub id: &'static str,
    /// How strongly the RFCs ask for it.
    pub level: Level,
    /// Whom it binds; everybody where it is `None`.
    pub binds: Option<Sender>,
    /// Rows of `requirements.tsv` that a failure breaks.
    pub requirements: &'static [&'static str],
    /// What a conforming document is like.
    pub title: &'static str,
}

macro_rules! rules {
    ($($name:ident $id:literal $level:ident $binds:expr, [$($requirement:literal),*] $title:literal;)*) => {
        $(
            #[doc = $title]
            pub static $name: Rule = Rule {
                id: $id,
                level: Level::$level,
                binds: $binds,
                requirements: &[$($requirement),*],
                title: $title,
            };
        )*
        /// All rules, in the order of the table.
        pub static ALL: &[&Rule] = &[$(&$name),*];
    };
}

const SERVER: Option<Sender> = Some(Sender::Server);
const CLIENT: Option<Sender> = Some(Sender::Client);
const BOTH: Option<Sender> = None;

rules! {
    // The document.
    OBJECT "object" Must BOTH, ["RFC7644-3.1-02"] "a document is one JSON object";
    DUPLICATE_MEMBER "duplicate-member" Must BOTH, ["RFC7644-3.1-02"] "no member is given twice";
    SCHEMAS "schemas" Must BOTH, ["RFC7643-3-02", "RFC7643-3.3-02", "RFC7644-3.1-03", "RFC7643-3-04", "RFC7643-2.1-02"] "`schemas` is an array of at least one URI";
    SCHEMAS_UNIQUE "schemas-unique" Must BOTH, ["RFC7643-3-03", "RFC7643-3-06"] "`schemas` names each schema once";
    SCHEMA_DECLARED "schema-declared" Must BOTH, ["RFC7644-3.1-03", "RFC7643-3-04"] "`schemas` names each extension that has attributes here";
    CORE_AT_TOP "core-at-top" Must BOTH, ["RFC7643-3-09"] "attributes of the base schema stand at the top";
    EXTENSION_CONTAINER "extension-container" Must BOTH, ["RFC7643-3-10", "RFC7643-3.3-07"] "attributes of an extension stand in the object that has its URI as name";
    UNKNOWN_SCHEMA "unknown-schema" May BOTH, ["RFC7643-3.3-01"] "schemas that are not known here cannot be checked";
    UNKNOWN_ATTRIBUTE "unknown-attribute" Should BOTH, ["RFC7644-3.1-05"] "attributes are those of the schemas";

    // Values.
    SINGULAR "singular" Must BOTH, ["RFC7643-1.2-04", "RFC7644-3.8-10"] "a singular attribute has one value";
    MULTI_VALUED "multi-valued" Must BOTH, ["RFC7643-1.2-04", "RFC7644-3.8-10", "RFC7643-2.4-01"] "a multi-valued attribute is an array";
    JSON_TYPE "json-type" Must BOTH, ["RFC7643-2.3-02", "RFC7643-2.3.2-01", "RFC7643-2.3.5-03", "RFC7644-3.8-10"] "a value has the JSON type of its attribute";
    DECIMAL "decimal" May BOTH, ["RFC7643-2.3.3-01"] "a decimal has a digit on each side of its period";
    DATE_TIME "date-time" Must BOTH, ["RFC7643-2.3.5-01", "RFC7643-2.3.5-02", "RFC7643-3.1-18"] "a dateTime is an xsd:dateTime with date and time";
    BINARY "binary" Must BOTH, ["RFC7643-2.3.6-01"] "a binary value is Base64";
    REFERENCE "reference" Must BOTH, ["RFC7643-2.3.7-02"] "a reference is an absolute or relative URI";
    REFERENCE_NORMAL "reference-normal" Should BOTH, ["RFC7643-2.4-07", "RFC7643-4.1.1-13"] "scheme and host of a URI are in lower case";
    REQUIRED "required" Must BOTH, ["RFC7643-4.1.1-01", "RFC7643-8.7.1-03", "RFC7643-4.2-02", "RFC7643-7-06", "RFC7643-7-08", "RFC7643-6-02", "RFC7643-6-04", "RFC7643-6-10", "RFC7643-6-13", "RFC7643-6-16", "RFC7643-5-03", "RFC7643-5-04", "RFC7643-5-05", "RFC7643-5-06", "RFC7643-5-07", "RFC7643-5-08", "RFC7643-5-09", "RFC7643-5-10", "RFC7643-5-12", "RFC7643-5-13", "RFC7643-5-14", "RFC7643-5-15", "RFC7643-5-16", "RFC7643-5-17", "RFC7643-5-19", "RFC7643-5-20", "RFC7643-5-21", "RFC7643-5-22", "RFC7644-3.7.4-01", "RFC9865-4-03", "RFC9865-4-04", "RFC7643-8.6-01"] "a required attribute has a value";
    QUOTED "quoted" Must BOTH, ["RFC7643-1.1-02"] "quotation marks of the RFC's text are not part of a value";
    CANONICAL "canonical" May BOTH, ["RFC7643-7-20", "RFC7643-4.1.2-10", "RFC7643-4.1.2-30"] "a value is one of the canonical values";
    PRIMARY "primary" Must BOTH, ["RFC7643-2.4-03", "RFC7643-8.7.1-11", "RFC7643-8.7.1-13", "RFC7643-8.7.1-14", "RFC7643-8.7.1-15", "RFC7643-8.7.1-18", "RFC7643-8.7.1-19", "RFC7643-8.7.1-20", "RFC7643-5-25"] "at most one value is primary";
    SAME_TWICE "same-twice" Should BOTH, ["RFC7643-2.4-11"] "no pair of type and value is there twice";
    ELEMENT_VALUE "element-value" Should BOTH, ["RFC7643-2.4-06"] "an element of a multi-valued attribute has a `value`";
    EMPTY_NAME "empty-name" Must BOTH, ["RFC7643-4.1.1-01", "RFC7643-4.1.1-08"] "names of people are not empty";
    NICK_NAME "nick-name" Should BOTH, ["RFC7643-4.1.1-12"] "nickName is not the user name";

    LANGUAGE "language" Should BOTH, ["RFC7643-4.1.1-16", "RFC7643-4.1.1-15"] "a language is named by a tag, a list of languages by tags with weights";

    // What a service provider answers.
    SERVER_ID "server-id" Must SERVER, ["RFC7643-3.1-05", "RFC7643-3.1-02"] "every resource that a provider answers with has an id";
    SERVER_META "server-meta" Must SERVER, ["RFC7643-3.1-02"] "every resource that a provider answers with has `meta`";
    RESOURCE_TYPE_NAME "resource-type-name" Should SERVER, ["RFC7643-3.1-17"] "`meta.resourceType` is the name of the resource's type";
    BULK_ID "bulk-id" Must SERVER, ["RFC7643-3.1-09"] "no id contains `bulkId`";
    NEVER_RETURNED "never-returned" Must SERVER, ["RFC7643-4.1.1-26", "RFC7643-7-32", "RFC7643-7-34"] "what is never returned is not here";
    LOCATION_QUERY "location-query" Must SERVER, ["RFC7644-1.3-01"] "a location has no query";
    LOCATION_ID "location-id" Must SERVER, ["RFC7643-3.1-22"] "a location ends in the id of its resource";

    // Messages.
    MESSAGE_URI "message-uri" Must BOTH, ["RFC7644-3.1-07", "RFC7644-8.2-01", "RFC9865-6-01"] "a message has one of the six URIs of RFC 7644";
    LIST_NUMBERS "list-numbers" Must SERVER, ["RFC7644-3.4.2.4-11"] "totalResults, itemsPerPage and startIndex are whole numbers; startIndex begins with 1";
    LIST_RESOURCES "list-resources" Must SERVER, ["RFC7644-3.4.2-07"] "a list that counts results has them, unless none were asked for";
    LIST_TOTAL "list-total" Must SERVER, ["RFC7644-3.4.2-05", "RFC7644-3.4.2-09"] "a page has no more resources than there are in all, and says how many it has";
    CURSOR "cursor" Must SERVER, ["RFC9865-2-02"] "a cursor has unreserved characters only";
    PATCH_OPERATIONS "patch-operations" Must CLIENT, ["RFC7644-3.5.2-04"] "a PATCH has at least one operation";
    PATCH_OP "patch-op" Must CLIENT, ["RFC7644-3.5.2-05", "RFC7644-3.5.2-06"] "an operation is `add`, `remove` or `replace`";
    PATCH_PATH "patch-path" Must CLIENT, ["RFC7644-3.5.2-09"] "a path names an attribute, a part of it, or chosen values";
    PATCH_REMOVE "patch-remove" Must CLIENT, ["RFC7644-3.5.2-08", "RFC7644-3.5.2.2-01"] "a removal has a path";
    PATCH_VALUE "patch-value" Must CLIENT, ["RFC7644-3.5.2.1-01"] "adding and replacing need a value";
    BULK_OPERATION "bulk-operation" Must CLIENT, ["RFC7644-3.7-06", "RFC7644-3.7-10", "RFC7644-3.7-12", "RFC7644-3.7-05"] "an operation of a bulk request has method, path and, where it writes, data";
    BULK_POST_ID "bulk-post-id" Must CLIENT, ["RFC7644-3.7-07", "RFC7644-3.7-08"] "each POST of a bulk request has a bulkId of its own";
    BULK_STATUS "bulk-status" Must SERVER, ["RFC7644-3.7.3-03", "RFC7644-3.7-14", "RFC7644-3.7-16", "RFC7644-3.7-04"] "a bulk response gives status as text, and the response where it is an error";
    ERROR_STATUS "error-status" Must SERVER, ["RFC7644-3.12-03"] "an error has its HTTP status as text";
    ERROR_TYPE "error-type" Should SERVER, ["RFC7644-3.12-04"] "scimType is one of the keywords of the RFCs";

    // ServiceProviderConfig and resource types.
    ONLY_BASIC "only-basic" Should SERVER, ["RFC7644-2-07"] "HTTP Basic is not the only way to authenticate";
    SCHEME_TYPE "scheme-type" Should SERVER, ["RFC7643-5-20"] "an authentication scheme is of a known type";
    DEFAULT_PAGES "default-pages" Must SERVER, ["RFC9865-4-05", "RFC9865-2.4-03", "RFC9865-2.4-04"] "the default way of paging is one that is offered";
    EVENT_SUPPORT "event-support" Must SERVER, ["RFC9967-4-01", "RFC9967-4-02", "RFC9967-4-03"] "securityEvents says how events are offered";
    ENDPOINT "endpoint" Must SERVER, ["RFC7643-6-08"] "an endpoint is a path relative to the base URI";
    ENDPOINT_PLURAL "endpoint-plural" Should SERVER, ["RFC7644-3.2-02"] "the endpoint of a type of one's own is its name with an `s`";
    TYPE_DESCRIPTION "type-description" Should SERVER, ["RFC7643-6-06", "RFC7643-8.7.2-03"] "a resource type is described";

    // Schemas.
    ATTRIBUTE_NAME "attribute-name" Must SERVER, ["RFC7643-2.1-03"] "names begin with a letter and have letters, digits, `$`, `-` and `_`";
    HYPHEN "hyphen" Should SERVER, ["RFC7643-2.1-04"] "names have no hyphen";
    ATTRIBUTE_TYPE "attribute-type" Must SERVER, ["RFC7643-7-14", "RFC7643-2.3-01", "RFC7643-2.2-07"] "a type is one of RFC 7643, 2.3";
    SIMPLE_PARTS "simple-parts" Must SERVER, ["RFC7643-1.2-02"] "only complex attributes have sub-attributes";
    COMPLEX_PARTS "complex-parts" Should SERVER, ["RFC7643-1.2-03", "RFC7643-7-15"] "complex attributes have sub-attributes";
    COMPLEX_NESTED "complex-nested" Must SERVER, ["RFC7643-2.3.8-02", "RFC7643-7-05", "RFC7643-7-16"] "a sub-attribute is not complex";
    COMPLEX_PLAIN "complex-plain" Should SERVER, ["RFC7643-2.3.8-03"] "a complex attribute is neither unique nor case exact itself";
    DATE_TIME_PLAIN "date-time-plain" Should SERVER, ["RFC7643-2.3.5-04"] "a dateTime has no uniqueness";
    BINARY_EXACT "binary-exact" Should SERVER, ["RFC7643-2.3.6-04"] "a binary attribute is case exact and has no uniqueness";
    REFERENCE_TYPES "reference-types" Should SERVER, ["RFC7643-2.3.7-01", "RFC7643-2.3.7-08", "RFC7643-7-46", "RFC7643-8.7.2-10", "RFC7643-8.7.2-12"] "references, and nothing else, have referenceTypes";
    CHARACTERISTIC "characteristic" Must SERVER, ["RFC7643-7-13", "RFC7643-7-17", "RFC7643-7-40", "RFC7643-2.2-01", "RFC7643-2.2-03", "RFC7643-2.2-04", "RFC7643-2.2-05", "RFC7643-2.2-06", "RFC7644-3.1-05"] "characteristics have the values that RFC 7643, 7 lists";
    CANONICAL_VALUES "canonical-values" Must SERVER, ["RFC7643-2.4-13", "RFC7643-7-22", "RFC7643-2.2-02"] "canonicalValues is an array of strings";
    PREDEFINED "predefined" Must SERVER, ["RFC7643-2.4-02"] "`type`, `primary`, `display`, `value` and `$ref` keep their types";
    SCHEMA_ID "schema-id" Must SERVER, ["RFC7643-7-07", "RFC7643-8.7.2-06"] "a schema's id is its URI";
    SCHEMA_URN "schema-urn" Must SERVER, ["RFC7643-10.2.1-05", "RFC7643-10.2.1-01", "RFC7643-10.2.1-02"] "a URN of SCIM is `urn:ietf:params:scim:schemas:…` or `…:api:…`";
    SCHEMA_REGISTERED "schema-registered" Should SERVER, ["RFC7643-10.3.1-01"] "`…:schemas:core:…` and `…:api:…` are those of RFCs";
    SCHEMA_WORDS "schema-words" Should SERVER, ["RFC7643-7-09", "RFC7643-7-11", "RFC7643-7-18", "RFC7643-8.7.2-07", "RFC7643-8.7.2-08"] "a schema and its attributes are named and described";
    CORE_REDEFINED "core-redefined" Should SERVER, ["RFC7643-3.3-05"] "an extension does not define attributes of RFC 7643 again";
    SAME_NAME "same-name" Must SERVER, ["RFC7643-2.1-01"] "no two attributes differ only in the case of letters";
    AS_THE_RFC "as-the-rfc" Should SERVER, ["RFC7643-8.7.1-04", "RFC7643-8.7.1-05", "RFC7643-8.7.1-21", "RFC7643-8.7.1-24", "RFC7643-8.7.2-01", "RFC7643-3.1-04", "RFC7643-8.7.1-01"] "a schema of an RFC defines its attributes as the RFC does";

    // Security events.
    EVENT_SUBJECT "event-subject" Must SERVER, ["RFC9967-2.1-01", "RFC9967-2.1-02", "RFC9967-2.1-03", "RFC9967-2.1-04"] "the subject of an event is `sub_id` among the claims, and nowhere else";
    EVENT_FORMAT "event-format" Must SERVER, ["RFC9967-2.1-05", "RFC9967-2.1-06", "RFC9967-2.1-09"] "`sub_id` has the format `scim` and a path relative to the base URI";
    EVENT_DATA "event-data" Must SERVER, ["RFC9967-2.2-01", "RFC9967-2.4-02", "RFC9967-2.4-03"] "a provisioning event has either `data` or `attributes`";
    EVENT_NAME "event-name" Must SERVER, ["RFC9967-2.4-01", "RFC9967-2.4.4-02"] "an event with data ends in `full`, one with names in `notice`, a deletion in neither";
    EVENT_PATHS "event-paths" Should SERVER, ["RFC9967-2.2-04"] "names in `attributes` are paths";
    EVENT_TRANSACTION "event-transaction" Must SERVER, ["RFC9967-2.2-03", "RFC9967-2.5.1.2-02", "RFC9967-2.5.1.2-03"] "`txn` is text; of a bulk request it ends in a colon and the place of the operation";
    EVENT_RESPONSE "event-response" Must SERVER, ["RFC9967-2.5.1.3-02", "RFC9967-2.5.1.3-03"] "what failed has a response with the members of an error";
    EVENT_DELETE "event-delete" Must SERVER, ["RFC9967-2.4.4-01"] "a deletion brings no removal from a feed with it";
}

impl Rule {
    /// The rule of a name.
    pub fn find(id: &str) -> Option<&'static Self> {
        ALL.iter().copied().find(|rule| rule.id == id)
    }
}

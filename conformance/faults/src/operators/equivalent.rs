//! Operators that no scenario can or should notice, and why.

/// Parts of an operator's name that must all be there, and why it does no harm that could be seen.
const EQUIVALENT: &[(&[&str], &str)] = &[
    (&["POST /Users is done twice"], "the second create is refused, since `userName` is unique"),
    (&["PUT ", "is done twice"], "PUT is idempotent (RFC 9110, 9.2.2)"),
    (&["DELETE ", "is done twice"], "DELETE is idempotent, and the client sees the first answer"),
    (
        &["PATCH ", "is done twice"],
        "what is added is there, what is removed is gone (RFC 7644, 3.5.2.1: no change), and the client sees the first answer",
    ),
    (
        &["PATCH /Groups/{id} drops"],
        "the reference server answers 204, which has no body (RFC 7644, 3.5.2)",
    ),
    (
        &["PATCH /Groups/{id} changes the type of"],
        "the reference server answers 204, which has no body (RFC 7644, 3.5.2)",
    ),
    (
        &["GET /ResourceTypes", "of the list", "itemsPerPage"],
        "required only where paging makes the result partial (RFC 7644, 3.4.2)",
    ),
    (
        &["GET /ResourceTypes", "of the list", "startIndex"],
        "required only where paging makes the result partial (RFC 7644, 3.4.2)",
    ),
    (
        &["GET /Schemas", "of the list", "itemsPerPage"],
        "required only where paging makes the result partial (RFC 7644, 3.4.2)",
    ),
    (
        &["GET /Schemas", "of the list", "startIndex"],
        "required only where paging makes the result partial (RFC 7644, 3.4.2)",
    ),
    (
        &["GET /ResourceTypes", "drops schemaExtensions"],
        "`schemaExtensions` is optional (RFC 7643, 6)",
    ),
    (
        &["GET /ResourceTypes", "drops meta"],
        "resource types need no common attributes (RFC 7643, 3.1)",
    ),
    (&["GET /ResourceTypes", "drops id"], "`id` of a resource type is optional (RFC 7643, 6)"),
    (&["GET /Schemas", "drops name"], "`name` of a schema is optional (RFC 7643, 7)"),
];

/// Why an operator of this name is not caught, if that is known.
pub fn reason(name: &str) -> Option<&'static str> {
    let fits = |parts: &[&str]| parts.iter().all(|part| name.contains(part));
    EQUIVALENT.iter().find(|(parts, _)| fits(parts)).map(|(_, reason)| *reason)
}

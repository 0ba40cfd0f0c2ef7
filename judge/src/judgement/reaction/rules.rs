//! The rules about what follows a bad answer.

use crate::judgement::{Level, Rule};

pub(in crate::judgement) static RULES: &[&Rule] = &[
    &WAITS,
    &BACKS_OFF,
    &COMES_BACK,
    &LOOKS_AGAIN,
    &ONE_PERSON,
    &CONFLICT,
    &FEW_REFUSALS,
    &NEW_TOKEN,
    &READS_AGAIN,
    &BEFORE_RECREATING,
    &NO_REPEAT,
    &FINDS_ANEW,
    &STOPS,
    &HEEDS_CONFIG,
    &HEEDS_FILTER,
    &HEEDS_SCHEMAS,
    &TAKES_CONFIG,
    &LEAVES_UNKNOWN,
    &TAKES_SCHEMAS,
    &LOOK_UP_404,
    &SPLITS,
    &FEW_TOKENS,
    &KEEPS,
    &KEEPS_TOKEN,
    &CERTIFICATE,
    &ASKS_AGAIN,
];

const fn must(
    id: &'static str,
    fault: Option<&'static str>,
    covers: &'static [&'static str],
    [title, why, fix]: [&'static str; 3],
) -> Rule {
    Rule { id, level: Level::Must, covers, fault, title, why, fix }
}

// RFC 9110, 10.2.3: how long a client "ought to" wait.
pub(super) static WAITS: Rule = Rule {
    level: Level::Should,
    ..must(
        "reaction/waits",
        Some("K36"),
        &[],
        [
            "after 429 or 503 with Retry-After nothing is repeated before its time (RFC 9110, 10.2.3)",
            "a provider that is flooded throttles longer, and in the end locks the source out",
            "read Retry-After, as seconds and as an HTTP date, and wait that long",
        ],
    )
};
pub(super) static BACKS_OFF: Rule = Rule {
    level: Level::Should,
    ..must(
        "reaction/backs-off",
        Some("K37"),
        &[],
        [
            "after 503 without Retry-After the pauses between tries are not nothing",
            "a provider that comes up again is knocked down by everybody who tries at once",
            "wait before each try, twice as long as before, with some chance in it",
        ],
    )
};
pub(super) static COMES_BACK: Rule = must(
    "reaction/comes-back",
    None,
    &[],
    [
        "a change that was held up arrives after all",
        "the person has no account, or keeps one, until somebody notices",
        "keep the change and send it again, at the latest in the next cycle",
    ],
);
pub(super) static LOOKS_AGAIN: Rule = must(
    "reaction/looks-again",
    Some("K26"),
    &[],
    [
        "after a creation without a clear answer the person is looked up before the next creation",
        "the first one may have succeeded, and there would be two people",
        "ask with a filter before you send POST again",
    ],
);
pub(super) static ONE_PERSON: Rule = must(
    "reaction/one-person",
    Some("K25"),
    &[],
    [
        "there is one person in the end",
        "two accounts of one person have two seats, and one of them is never closed",
        "look the person up by userName or externalId before you create anybody",
    ],
);
pub(super) static CONFLICT: Rule = must(
    "reaction/resolves-conflict",
    Some("K27"),
    &[],
    [
        "after 409 the person is looked up and taken over",
        "the source tries for ever, or gives up without a word",
        "on 409 ask with a filter, keep the id, and update; look at the status, not at scimType",
    ],
);
pub(super) static FEW_REFUSALS: Rule = must(
    "reaction/few-refusals",
    Some("K27"),
    &[],
    [
        "a request that is refused is not sent over and over",
        "it is refused each time, and the provider throttles the source",
        "stop after one or two refusals of one kind, and tell somebody",
    ],
);
pub(super) static NEW_TOKEN: Rule = must(
    "reaction/new-token",
    Some("K43"),
    &[],
    [
        "after 401 one new token is asked for, and the request is sent again",
        "provisioning stands still when the token ends, or the token endpoint is flooded",
        "on 401 with `invalid_token` ask for one token, share it, and repeat the request once",
    ],
);
pub(super) static READS_AGAIN: Rule = must(
    "reaction/reads-again",
    Some("K44"),
    &["RFC7644-3.14-07"],
    [
        "after 412 a change is not repeated with the version that was refused",
        "the version is out of date and stays so: it is refused each time",
        "read the resource again, apply the change to it, and send its new ETag",
    ],
);
pub(super) static BEFORE_RECREATING: Rule = must(
    "reaction/looks-before-recreating",
    Some("K28"),
    &[],
    [
        "after 404 on a change nobody is created before a look-up",
        "404 can come from a proxy or a missing route; the person is there and would be doubled",
        "ask with a filter first; recreate only whom the look-up does not find",
    ],
);
pub(super) static NO_REPEAT: Rule = must(
    "reaction/no-repeat",
    Some("K31"),
    &[],
    [
        "a change that succeeded, or is under way, is not sent again",
        "it is done twice",
        "take 200 with a body and 204 without one for success, and wait for slow answers",
    ],
);
pub(super) static FINDS_ANEW: Rule = must(
    "reaction/finds-anew",
    Some("K30"),
    &[],
    [
        "a person who has another id now is found by name again",
        "every change of this person fails from now on",
        "after 404 ask with a filter, and keep the id that it gives",
    ],
);
pub(super) static STOPS: Rule = must(
    "reaction/stops-paging",
    Some("K32"),
    &["RFC7644-3.4.2.4-01"],
    [
        "reading a list ends",
        "a total that is wrong keeps the source in a loop, or makes it miss people",
        "stop at a page without resources; go on by the number that came, not by what was asked for",
    ],
);
pub(super) static HEEDS_CONFIG: Rule = must(
    "reaction/heeds-config",
    Some("K09"),
    &["RFC7644-3.5-03"],
    [
        "PATCH and bulk are not used where ServiceProviderConfig says that they are not there",
        "the provider answers 501, and the change is lost",
        "read `patch` and `bulk` of ServiceProviderConfig, and use PUT where there is no PATCH",
    ],
);
pub(super) static HEEDS_FILTER: Rule = must(
    "reaction/heeds-filter",
    Some("K08"),
    &[],
    [
        "filters are not used where ServiceProviderConfig says that they are not there",
        "the provider answers 400 or everybody, and the wrong person is taken for the right one",
        "read `filter` of ServiceProviderConfig, and compare with the whole list where there is none",
    ],
);
pub(super) static HEEDS_SCHEMAS: Rule = must(
    "reaction/heeds-schemas",
    Some("K08"),
    &[],
    [
        "attributes that /Schemas does not have are not sent",
        "the provider refuses the person, or leaves the value out without a word",
        "read `/Schemas`, and send what is in it",
    ],
);
pub(super) static TAKES_CONFIG: Rule = must(
    "reaction/takes-config",
    Some("K10"),
    &[],
    [
        "a legal ServiceProviderConfig does not stop the source, however little or much is in it",
        "nothing arrives at a provider whose configuration the source did not expect",
        "read what you need, take what is missing as not supported, and leave the rest aside",
    ],
);
pub(super) static LEAVES_UNKNOWN: Rule = Rule {
    // The RFCs let nobody add to this document but themselves, and they do.
    level: Level::Should,
    ..must(
        "reaction/leaves-unknown",
        Some("K10"),
        &[],
        [
            "what the source does not know of ServiceProviderConfig does not stop it",
            "RFC 9865 added to that document, and whatever adds to it next stops the source",
            "read what you need, and leave the rest aside",
        ],
    )
};
pub(super) static TAKES_SCHEMAS: Rule = must(
    "reaction/takes-schemas",
    Some("K11"),
    &[],
    [
        "legal /Schemas do not stop the source, whatever their order, and whatever is in them",
        "nothing arrives at a provider whose schemas the source did not expect",
        "find schemas by their URI, leave aside what you do not know, and send what there is a place for",
    ],
);
pub(super) static LOOK_UP_404: Rule = Rule {
    // The provider breaks RFC 7644, 3.4.2 itself.
    level: Level::Should,
    ..must(
        "reaction/look-up-404",
        Some("K29"),
        &[],
        [
            "a look-up that is answered with 404 means that nobody was found",
            "people who are new never arrive at providers that answer so, wrong as it is",
            "take 404 to a look-up like a list without resources, and create the person",
        ],
    )
};
pub(super) static SPLITS: Rule = must(
    "reaction/splits",
    Some("K38"),
    &[],
    [
        "a change that is too large for one request is sent in several (RFC 9110, 15.5.14)",
        "members are missing, and every cycle is refused in the same way",
        "after 413 send half of it, and then the other half",
    ],
);
pub(super) static FEW_TOKENS: Rule = must(
    "reaction/few-tokens",
    Some("K43"),
    &[],
    [
        "a token endpoint that refuses is not asked over and over",
        "it locks the client out, and then nothing arrives at all",
        "ask once or twice, tell somebody, and ask again in the next cycle",
    ],
);
pub(super) static KEEPS: Rule = Rule {
    level: Level::Should,
    ..must(
        "reaction/keeps-others-values",
        Some("K20"),
        &[],
        [
            "what others set on a person stays when the source changes something else",
            "values that were set in the product or by another source are lost",
            "use PATCH, or PUT the object that GET gave, with the change in it",
        ],
    )
};
pub(super) static KEEPS_TOKEN: Rule = must(
    "reaction/keeps-token",
    Some("K41"),
    &["RFC6750-5.3-01"],
    [
        "the token does not go to another host",
        "whoever can make the provider redirect has the token",
        "do not follow redirects to another host, or leave Authorization out there",
    ],
);
pub(super) static CERTIFICATE: Rule = must(
    "reaction/checks-certificate",
    Some("K42"),
    &["RFC7644-7.2-04", "RFC6750-5.3-02"],
    [
        "nothing is sent to a host whose certificate is not good",
        "whoever is on the way reads the token and everybody's data",
        "leave the checks of your TLS library on, and trust the authority of the provider alone",
    ],
);

pub(super) static ASKS_AGAIN: Rule = Rule {
    level: Level::Should,
    ..must(
        "reaction/asks-again",
        Some("K34"),
        &["RFC7644-3.4.2.4-01"],
        [
            "who is missing in a list is looked up before they are created anew",
            "lists of pages can miss somebody, and then there would be two people",
            "ask with a filter for whoever a list lacks",
        ],
    )
};

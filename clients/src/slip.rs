//! What a client does wrong beyond the form of single requests. A client without slips does
//! everything right.

/// One wrong habit. `fault` says which class of client faults each belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Slip {
    /// Text in filters has no quotes.
    LiteralUnquoted,
    /// Text in filters is not escaped.
    LiteralUnescaped,
    /// `+` stays as it is in a query, and arrives as a space.
    PlusRaw,
    /// Queries are encoded twice.
    EncodedTwice,
    /// Filters and attributes are used whether or not the provider offers them.
    IgnoresOffer,
    /// PATCH is used whether or not the provider offers it.
    IgnoresConfiguration,
    /// A configuration without limits of bulk, or with an attribute that is not known, is refused.
    PickyAboutConfiguration,
    /// Schemas in another order, or others than the known ones, are refused.
    PickyAboutSchemas,
    /// Updates are PUT with an `id` and a `meta` that are not the resource's.
    StaleReadOnly,
    /// Updates are PUT with what the source knows, and nothing of what the provider has.
    DropsUnknown,
    /// People are created without looking whether they are there.
    NoLookUp,
    /// After a lost answer a creation is repeated without looking.
    RepeatsCreate,
    /// After 409 a creation is repeated as it was.
    RepeatsConflict,
    /// After 409 a person is given up, and nobody is told.
    SilentAboutConflict,
    /// Any write that is not found or not allowed means that the resource was deleted.
    NotFoundMeansDeleted,
    /// 404 on a look-up stops the person.
    NotFoundIsFatal,
    /// A resource that has another id now is never looked for.
    KeepsOldId,
    /// An update without a body in its answer counts as failed, and is sent again.
    NeedsBody,
    /// A list is read until as many resources came as it announced.
    TrustsTotal,
    /// The first resource of a list has the index 0.
    CountsFromZero,
    /// Who was not in a list is gone.
    TrustsScan,
    /// After the last page the last cursor is used again.
    GoesOnWithoutCursor,
    /// What is throttled is sent again at once.
    Hammers,
    /// Members come one by one, and all at the same time.
    AllAtOnce,
    /// The whole membership is sent for one change.
    WholeMembership,
    /// Members are sent before the people exist.
    MembersFirst,
    /// A group is read with its members before each change.
    AsksForMembers,
    /// Redirections are followed to any host, with the token.
    RedirectsAnywhere,
    /// Any certificate is accepted.
    TrustsAnybody,
    /// An access token that expired is used on.
    NeverRefreshes,
    /// A token endpoint that refuses is asked over and over.
    FloodsTokens,
    /// `If-Match` has the first version that was seen, and 412 is taken for success.
    OldVersion,
    /// People who are deactivated are deleted.
    DeletesInstead,
    /// People who are deactivated stay active.
    NeverDeactivates,
}

/// The slips of one client.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Slips(Vec<Slip>);

impl Slips {
    /// Just this one.
    pub fn one(slip: Slip) -> Self {
        Self(vec![slip])
    }

    /// Whether the client has this habit.
    pub fn has(&self, slip: Slip) -> bool {
        self.0.contains(&slip)
    }
}

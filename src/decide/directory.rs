//! Group resources: who is in which group, directly or through other groups.

use std::fmt;

use hashbrown::{HashMap, HashSet};

use super::groups::Membership;
use super::read::{BytesReader, Next, Reader, Scalar, TreeReader};
use crate::error::{Error, ErrorKind};
use crate::json::{Lexer, View};
use crate::scim::compare::{compared, nfc};

/// The groups of a directory, for finding those of a person by the person's `id`.
///
/// A group counts as often as it is added: the last resource of an `id` replaces those before.
/// Members are remembered by `id` alone, so groups may come in any order, nested ones too.
#[derive(Default)]
pub struct Directory {
    groups: Vec<Entry>,
    by_id: HashMap<Box<str>, usize>,
    /// Member → groups that list it.
    lists: HashMap<Box<str>, Vec<Listed>>,
    /// How many groups that exist bear a name, in its compared form.
    names: HashMap<Box<str>, u32>,
}

#[derive(Default)]
struct Entry {
    id: String,
    name: String,
    external_id: String,
    location: String,
    former: Vec<String>,
    deleted: bool,
    replaced: bool,
}

/// That a group lists a member.
#[derive(Clone, Copy)]
struct Listed {
    group: usize,
    member: Member,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Member {
    Unknown,
    User,
    Group,
}

/// A membership without its own copies.
#[derive(Clone, Copy)]
pub(super) struct Given<'a> {
    pub(super) name: &'a str,
    pub(super) id: &'a str,
    pub(super) external_id: &'a str,
    pub(super) reference: &'a str,
    pub(super) direct: bool,
    pub(super) deleted: bool,
    pub(super) former: &'a [String],
}

impl Directory {
    /// No groups yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a Group resource (RFC 7643, 4.2) from a tree.
    pub fn add(&mut self, group: &impl View) -> Result<(), Error> {
        self.insert(Read::of(&mut TreeReader::new(group), false)?);
        Ok(())
    }

    /// Adds a Group resource from JSON bytes; members are read one by one, no tree is built.
    /// After an error nothing is added.
    pub fn add_bytes(&mut self, group: &[u8]) -> Result<(), Error> {
        let mut lexer = Lexer::new(group)?;
        let read = Read::of(&mut BytesReader::new(&mut lexer), false)?;
        lexer.finish()?;
        self.insert(read);
        Ok(())
    }

    /// Adds the Group resource that a lexer has next.
    pub fn add_next(&mut self, lexer: &mut Lexer<'_>) -> Result<(), Error> {
        self.insert(Read::of(&mut BytesReader::new(lexer), false)?);
        Ok(())
    }

    /// Adds a group that was deleted but that rules still name, with the members that it had.
    pub fn add_deleted(&mut self, group: &impl View) -> Result<(), Error> {
        self.insert(Read::of(&mut TreeReader::new(group), true)?);
        Ok(())
    }

    /// Says that the group of an `id` bore another name before. It counts only while no other
    /// group bears it. Whether the group is known.
    pub fn add_former_name(&mut self, id: &str, name: impl Into<String>) -> bool {
        let place = self.by_id.get(&*nfc(id)).copied();
        let group = place.and_then(|place| self.groups.get_mut(place));
        group.map(|group| group.former.push(name.into())).is_some()
    }

    /// How many groups there are, deleted ones too.
    pub fn len(&self) -> usize {
        self.groups.iter().filter(|group| !group.replaced).count()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The groups of the person with that `id`, in the order in which they were added.
    ///
    /// A group is `deleted` here also where only a deleted group leads to it.
    pub fn memberships(&self, id: &str) -> Vec<Membership> {
        let mut memberships = vec![];
        self.each(id, |given| {
            let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
            memberships.push(Membership {
                name: some(given.name),
                id: some(given.id),
                external_id: some(given.external_id),
                direct: given.direct,
                former_names: self.former(&given).map(str::to_owned).collect(),
                deleted: given.deleted,
            });
            Ok(())
        })
        .unwrap_or_default();
        memberships
    }

    /// Calls with each group of a person.
    pub(super) fn each<'d>(
        &'d self,
        id: &str,
        mut each: impl FnMut(Given<'d>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let direct = self.listing(id, Member::User);
        let live = self.reach(&direct, false);
        let all =
            if self.any_deleted(&direct, &live) { self.reach(&direct, true) } else { live.clone() };
        let mut places: Vec<usize> = all.iter().copied().collect();
        places.sort_unstable();
        for place in places {
            let Some(group) = self.groups.get(place) else { continue };
            each(Given {
                name: &group.name,
                id: &group.id,
                external_id: &group.external_id,
                reference: &group.location,
                direct: direct.contains(&place),
                deleted: !live.contains(&place),
                former: &group.former,
            })?;
        }
        Ok(())
    }

    /// Former names that no group bears now.
    pub(super) fn former<'d>(&'d self, given: &Given<'d>) -> impl Iterator<Item = &'d str> {
        let free = |name: &&String| !self.names.contains_key(&*compared(name, false));
        given.former.iter().filter(free).map(String::as_str)
    }

    /// Groups that list a member of that kind, each once.
    fn listing(&self, id: &str, member: Member) -> HashSet<usize> {
        let lists = if id.is_empty() { None } else { self.lists.get(&*nfc(id)) };
        lists
            .into_iter()
            .flatten()
            .filter(|listed| listed.member == member || listed.member == Member::Unknown)
            .filter(|listed| self.groups.get(listed.group).is_some_and(|group| !group.replaced))
            .map(|listed| listed.group)
            .collect()
    }

    /// Everything that leads on from some groups. Each group is visited once, so circles end.
    fn reach(&self, direct: &HashSet<usize>, deleted: bool) -> HashSet<usize> {
        let exists =
            |place: &usize| deleted || self.groups.get(*place).is_some_and(|group| !group.deleted);
        let mut reached: HashSet<usize> = direct.iter().copied().filter(exists).collect();
        let mut open: Vec<usize> = reached.iter().copied().collect();
        while let Some(place) = open.pop() {
            let Some(group) = self.groups.get(place) else { continue };
            for parent in self.listing(&group.id, Member::Group) {
                if exists(&parent) && reached.insert(parent) {
                    open.push(parent);
                }
            }
        }
        reached
    }

    /// Whether deleted groups can make a difference: none is listed next to what exists.
    fn any_deleted(&self, direct: &HashSet<usize>, live: &HashSet<usize>) -> bool {
        let deleted = |place: &usize| self.groups.get(*place).is_some_and(|group| group.deleted);
        direct.iter().any(deleted)
            || live
                .iter()
                .filter_map(|place| self.groups.get(*place))
                .any(|group| self.listing(&group.id, Member::Group).iter().any(deleted))
    }

    fn insert(&mut self, Read { entry, members }: Read) {
        let place = self.groups.len();
        if !entry.id.is_empty()
            && let Some(before) = self.by_id.insert(nfc(&entry.id).into(), place)
            && let Some(group) = self.groups.get_mut(before)
        {
            group.replaced = true;
            if !group.deleted {
                let name = compared(&group.name, false);
                if let Some(count) = self.names.get_mut(&*name) {
                    *count -= 1;
                    if *count == 0 {
                        self.names.remove(&*name);
                    }
                }
            }
        }
        if !entry.deleted {
            *self.names.entry(compared(&entry.name, false).into()).or_insert(0) += 1;
        }
        self.groups.push(entry);
        for (member, kind) in members {
            self.lists.entry(member).or_default().push(Listed { group: place, member: kind });
        }
    }
}

/// A Group resource that was read, and is not in a directory yet.
struct Read {
    entry: Entry,
    members: Members,
}

impl Read {
    fn of<R: Reader>(reader: &mut R, deleted: bool) -> Result<Self, Error> {
        let Next::Object = reader.next()? else {
            return Err(Error::new(ErrorKind::Payload, "a group must be a JSON object"));
        };
        let mut entry = Entry { deleted, ..Entry::default() };
        let mut members = Members::new();
        reader.members(|name, reader| match known(name) {
            Some(Known::Id) => text(reader, &mut entry.id),
            Some(Known::Name) => text(reader, &mut entry.name),
            Some(Known::ExternalId) => text(reader, &mut entry.external_id),
            Some(Known::Meta) => match reader.next()? {
                Next::Object => reader.members(|name, reader| {
                    if name.eq_ignore_ascii_case("location") {
                        text(reader, &mut entry.location)
                    } else {
                        reader.skip()
                    }
                }),
                Next::List => reader.filled(true).map(drop),
                Next::Scalar(_) => Ok(()),
            },
            Some(Known::Members) => {
                // A second list of members replaces the first.
                members.clear();
                match reader.next()? {
                    Next::List => reader.elements(|reader| match reader.next()? {
                        Next::Scalar(scalar) => plain(scalar, &mut members),
                        Next::List => reader.filled(true).map(drop),
                        Next::Object => member(reader, &mut members),
                    }),
                    Next::Scalar(scalar) => plain(scalar, &mut members),
                    Next::Object => member(reader, &mut members),
                }
            }
            None => reader.skip(),
        })?;
        Ok(Self { entry, members })
    }
}

impl<'a> From<&'a Membership> for Given<'a> {
    fn from(membership: &'a Membership) -> Self {
        Self {
            name: membership.name.as_deref().unwrap_or(""),
            id: membership.id.as_deref().unwrap_or(""),
            external_id: membership.external_id.as_deref().unwrap_or(""),
            reference: "",
            direct: membership.direct,
            deleted: membership.deleted,
            former: &membership.former_names,
        }
    }
}

#[derive(Clone, Copy)]
enum Known {
    Id,
    Name,
    ExternalId,
    Meta,
    Members,
}

fn known(name: &str) -> Option<Known> {
    let table = [
        ("id", Known::Id),
        ("displayName", Known::Name),
        ("externalId", Known::ExternalId),
        ("meta", Known::Meta),
        ("members", Known::Members),
    ];
    table.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, known)| known)
}

/// Text, or a number as written; anything else is none.
fn text<R: Reader>(reader: &mut R, into: &mut String) -> Result<(), Error> {
    into.clear();
    match reader.next()? {
        Next::Scalar(Scalar::Text(text) | Scalar::Number(text)) => into.push_str(text),
        Next::Scalar(_) => {}
        Next::List => drop(reader.filled(true)?),
        Next::Object => drop(reader.filled(false)?),
    }
    Ok(())
}

type Members = Vec<(Box<str>, Member)>;

/// Plain text for the `value` of a member.
fn plain(scalar: Scalar<'_>, into: &mut Members) -> Result<(), Error> {
    if let Scalar::Text(text) | Scalar::Number(text) = scalar
        && !text.is_empty()
    {
        into.push((nfc(text).into(), Member::Unknown));
    }
    Ok(())
}

/// A member: `{"value": …, "type": …}`.
fn member<R: Reader>(reader: &mut R, into: &mut Members) -> Result<(), Error> {
    let (mut id, mut address, mut word) = (String::new(), String::new(), String::new());
    reader.members(|name, reader| {
        if name.eq_ignore_ascii_case("value") {
            text(reader, &mut id)
        } else if name.eq_ignore_ascii_case("$ref") {
            text(reader, &mut address)
        } else if name.eq_ignore_ascii_case("type") {
            text(reader, &mut word)
        } else {
            reader.skip()
        }
    })?;
    let kind = match word {
        _ if word.eq_ignore_ascii_case("user") => Member::User,
        _ if word.eq_ignore_ascii_case("group") => Member::Group,
        _ => Member::Unknown,
    };
    let id = if id.is_empty() { last_segment(&address) } else { &id };
    if !id.is_empty() {
        into.push((nfc(id).into(), kind));
    }
    Ok(())
}

/// What follows the last `/` of an address, without a query: the id in a `$ref`.
pub(super) fn last_segment(address: &str) -> &str {
    let path = address.split(['?', '#']).next().unwrap_or("").trim_end_matches('/');
    path.rsplit('/').next().unwrap_or("")
}

/// Names and members are personal data, which stays out of logs.
impl fmt::Debug for Directory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Directory").field("groups", &self.len()).finish_non_exhaustive()
    }
}

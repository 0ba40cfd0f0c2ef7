//! Reading the groups of one person: their own list, or what the host gives.

use super::{Next, Reader, Scalar};
use crate::decide::directory::{Directory, Given};
use crate::decide::groups::Membership;
use crate::decide::note::{Found, Raw, Subject, Wanted};
use crate::decide::person::{Former, Group, Person};
use crate::error::{Error, ErrorKind};
use crate::limits;

/// The user's own `groups`.
pub(super) fn read<R: Reader>(person: &mut Person, reader: &mut R) -> Result<(), Error> {
    match reader.next()? {
        Next::List => reader.elements(|reader| match reader.next()? {
            Next::Scalar(scalar) => plain(person, scalar, false),
            Next::List => wrong(person, reader),
            Next::Object => element(person, reader, false),
        }),
        Next::Scalar(scalar) => plain(person, scalar, true),
        Next::Object => element(person, reader, true),
    }
}

/// Plain text for a group is its `value`; `lone` where a list belongs.
fn plain(person: &mut Person, scalar: Scalar<'_>, lone: bool) -> Result<(), Error> {
    if scalar.is_absent() {
        return Ok(());
    }
    let (subject, found) = (SUBJECT, scalar.found());
    if found != Found::Text {
        person.note(Raw::Ignored { subject, found, wanted: Wanted::Object });
        return Ok(());
    }
    person.note(Raw::ReadAs { subject, found, wanted: Wanted::Object });
    if lone {
        person.note(Raw::ReadAs { subject, found, wanted: Wanted::List });
    }
    let id = person.store.push(scalar.text());
    add(person, Group { direct: true, id, ..Group::default() })
}

/// A list in the list.
fn wrong<R: Reader>(person: &mut Person, reader: &mut R) -> Result<(), Error> {
    if reader.filled(true)? {
        let (found, wanted) = (Found::List, Wanted::Object);
        person.note(Raw::Ignored { subject: SUBJECT, found, wanted });
    }
    Ok(())
}

/// A group as an object; without `type`, membership is direct.
fn element<R: Reader>(person: &mut Person, reader: &mut R, lone: bool) -> Result<(), Error> {
    let mut group = Group { direct: true, ..Group::default() };
    let mut any = false;
    let mut seen = [false; 4];
    reader.members(|name, reader| {
        let Some(part) = Part::of(name) else {
            any |= reader.present()?;
            return Ok(());
        };
        let subject = part.subject();
        if seen.get_mut(part as usize).is_some_and(|seen| std::mem::replace(seen, true)) {
            person.note(Raw::Repeated { subject });
        }
        let (there, found) = match reader.next()? {
            Next::Scalar(scalar) => {
                any |= !scalar.is_absent();
                let found = scalar.found();
                if found != Found::Text {
                    person.note(Raw::ReadAs { subject, found, wanted: Wanted::Text });
                }
                part.set(&mut group, person, scalar.text());
                return Ok(());
            }
            Next::List => (reader.filled(true)?, Found::List),
            Next::Object => (reader.filled(false)?, Found::Object),
        };
        if there {
            any = true;
            person.note(Raw::Ignored { subject, found, wanted: Wanted::Text });
        }
        part.set(&mut group, person, "");
        Ok(())
    })?;
    if !any {
        return Ok(());
    }
    if lone {
        let (found, wanted) = (Found::Object, Wanted::List);
        person.note(Raw::ReadAs { subject: SUBJECT, found, wanted });
    }
    if person.store.present(group.id).is_none() {
        group.id = person.store.last_segment(group.reference);
    }
    add(person, group)
}

const SUBJECT: Subject = Subject::Known("groups");

/// What is read of a group (RFC 7643, 4.1.2).
#[derive(Clone, Copy)]
enum Part {
    Id,
    Name,
    Type,
    Reference,
}

impl Part {
    fn of(name: &str) -> Option<Self> {
        match name {
            "value" => Some(Self::Id),
            "display" => Some(Self::Name),
            "type" => Some(Self::Type),
            "$ref" => Some(Self::Reference),
            _ => Self::folded(name),
        }
    }

    #[cold]
    fn folded(name: &str) -> Option<Self> {
        let all = [
            ("value", Self::Id),
            ("display", Self::Name),
            ("type", Self::Type),
            ("$ref", Self::Reference),
        ];
        all.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, part)| part)
    }

    fn subject(self) -> Subject {
        Subject::Known(match self {
            Self::Id => "groups.value",
            Self::Name => "groups.display",
            Self::Type => "groups.type",
            Self::Reference => "groups.$ref",
        })
    }

    fn set(self, group: &mut Group, person: &mut Person, text: &str) {
        match self {
            Self::Id => group.id = person.store.push(text),
            Self::Name => group.name = person.store.push(text),
            Self::Type => group.direct = !text.eq_ignore_ascii_case("indirect"),
            Self::Reference => group.reference = person.store.push(text),
        }
    }
}

/// Groups that the host gives.
pub(super) fn give(person: &mut Person, list: &[Membership]) -> Result<(), Error> {
    for membership in list {
        let former = membership.former_names.iter().map(String::as_str);
        take(person, Given::from(membership), former)?;
    }
    Ok(())
}

/// Groups that list the person.
pub(super) fn find(person: &mut Person, directory: &Directory) -> Result<(), Error> {
    let id = person.identity().id.map(str::to_owned);
    let Some(id) = id else {
        person.note(Raw::NoId);
        return Ok(());
    };
    directory.each(&id, |given| take(person, given, directory.former(&given)))
}

fn take<'a>(
    person: &mut Person,
    given: Given<'a>,
    former: impl Iterator<Item = &'a str>,
) -> Result<(), Error> {
    let start = count(&person.former);
    for name in former {
        let raw = person.store.push(name);
        let folded = person.store.folded(raw);
        person.former.push(Former { raw, folded });
    }
    let group = Group {
        name: person.store.push(given.name),
        id: person.store.push(given.id),
        external_id: person.store.push(given.external_id),
        reference: person.store.push(given.reference),
        direct: given.direct,
        deleted: given.deleted,
        former: (start, count(&person.former)),
        ..Group::default()
    };
    add(person, group)
}

fn count(former: &[Former]) -> u32 {
    u32::try_from(former.len()).unwrap_or(u32::MAX)
}

fn add(person: &mut Person, mut group: Group) -> Result<(), Error> {
    if person.groups.len() >= limits::PERSON_GROUPS {
        let message = format!("the user is in more than {} groups", limits::PERSON_GROUPS);
        return Err(Error::new(ErrorKind::Limit, message));
    }
    group.folded = person.store.folded(group.name);
    person.groups.push(group);
    Ok(())
}

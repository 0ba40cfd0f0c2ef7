//! Reading the groups of one person: their own list, or what the host gives.

use super::{Reader, found};
use crate::decide::directory::{Directory, Given};
use crate::decide::groups::Membership;
use crate::decide::note::{Raw, Subject, Wanted};
use crate::decide::person::{Former, Group, Person, Text};
use crate::error::{Error, ErrorKind};
use crate::json::Kind;
use crate::limits;

/// The user's own `groups`.
pub(super) fn read<R: Reader>(person: &mut Person, reader: &mut R) -> Result<(), Error> {
    let subject = Subject::Known("groups");
    match reader.kind()? {
        Kind::Array => reader.list(|reader| read_group(person, reader).map(|_| ())),
        Kind::Null => reader.skip(),
        kind => {
            let found = found(kind);
            if read_group(person, reader)? {
                person.note(Raw::ReadAs { subject, found, wanted: Wanted::List });
            }
            Ok(())
        }
    }
}

/// One of the user's own groups; whether it is one.
fn read_group<R: Reader>(person: &mut Person, reader: &mut R) -> Result<bool, Error> {
    let subject = Subject::Known("groups");
    let wanted = Wanted::Object;
    let mut group = Group { direct: true, ..Group::default() };
    let mut any = false;
    match reader.kind()? {
        Kind::Object => reader.object(|name, reader| {
            let part = ["value", "display", "$ref", "type"]
                .into_iter()
                .find(|known| known.eq_ignore_ascii_case(name));
            let Some(part) = part else {
                any |= reader.present()?;
                return Ok(());
            };
            let text = read_group_part(person, part, reader, &mut any)?;
            match part {
                "value" => group.id = text,
                "display" => group.name = text,
                "$ref" => group.reference = text,
                _ => group.direct = !person.store.get(text).eq_ignore_ascii_case("indirect"),
            }
            Ok(())
        })?,
        kind @ (Kind::String | Kind::Null) => {
            let scalar = reader.scalar()?;
            any = !scalar.is_absent();
            group.id = person.store.push(scalar.text());
            if any {
                person.note(Raw::ReadAs { subject, found: found(kind), wanted });
            }
        }
        kind => {
            if reader.present()? {
                person.note(Raw::Ignored { subject, found: found(kind), wanted });
            }
        }
    }
    if !any {
        return Ok(false);
    }
    if person.store.present(group.id).is_none() {
        group.id = person.store.last_segment(group.reference);
    }
    add(person, group)?;
    Ok(true)
}

fn read_group_part<R: Reader>(
    person: &mut Person,
    part: &'static str,
    reader: &mut R,
    any: &mut bool,
) -> Result<Text, Error> {
    let subject = Subject::Known(match part {
        "value" => "groups.value",
        "display" => "groups.display",
        "$ref" => "groups.$ref",
        _ => "groups.type",
    });
    let kind = reader.kind()?;
    let (found, wanted) = (found(kind), Wanted::Text);
    if matches!(kind, Kind::Array | Kind::Object) {
        if reader.present()? {
            *any = true;
            person.note(Raw::Ignored { subject, found, wanted });
        }
        return Ok(Text::default());
    }
    let scalar = reader.scalar()?;
    *any |= !scalar.is_absent();
    let text = person.store.push(scalar.text());
    if matches!(kind, Kind::Number | Kind::Bool) {
        person.note(Raw::ReadAs { subject, found, wanted });
    }
    Ok(text)
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

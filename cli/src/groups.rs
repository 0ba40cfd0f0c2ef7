//! Group resources from files.

use std::collections::HashMap;

use provisor::decide::Directory;

use crate::exit::{Failure, Stop};
use crate::output::{self, Output};
use crate::people::{self, Expected};
use crate::unread::Unread;

/// Groups of one `id` that are named; the rest is counted.
const NAMED: usize = 20;

/// All groups of some files, or nothing where no file is named. A group that cannot be read is
/// named, and the run ends: with a group missing, its members would be decided wrongly. Of two
/// groups with one `id` the last counts, with a remark.
pub fn load(names: &[String], output: &Output) -> Result<Option<Directory>, Stop> {
    if names.is_empty() {
        return Ok(None);
    }
    let mut directory = Directory::new();
    let mut unread = Unread::new("group", output);
    let mut places: HashMap<String, String> = HashMap::new();
    let mut twice = Vec::new();
    for name in names {
        let (chunks, _) = people::open(name, Expected::Groups)?;
        for chunk in chunks {
            let chunk = chunk?;
            if let Some(remark) = &chunk.remark {
                output.remark(&output::shown(remark));
            }
            for resource in chunk.resources() {
                let place = format!("{}:{}", chunk.file, resource.line);
                match add(&mut directory, resource.json) {
                    Err(why) => unread.add(&format!("{place}: {why}")),
                    Ok(None) => {}
                    Ok(Some(id)) => {
                        if let Some(before) = places.insert(id.clone(), place.clone()) {
                            twice.push((id, before, place));
                        }
                    }
                }
            }
        }
    }
    if unread.end() > 0 {
        return Err(Failure::new("nobody is decided")
            .why("some groups could not be read, and their members would be decided wrongly")
            .into());
    }
    for (id, before, place) in twice.iter().take(NAMED) {
        let label = output.err.paint("warning", output::WARNING);
        let text = format!("group `{id}` is at {before} and again at {place}; the last one counts");
        output.remark(&format!("{label}: {}", output::shown(&text)));
    }
    if twice.len() > NAMED {
        output.remark(&format!("and {} more that come again", twice.len() - NAMED));
    }
    if directory.is_empty() {
        output.remark("the files of --groups hold no group: nobody is in any");
    }
    Ok(Some(directory))
}

/// Adds a group and answers its `id`.
fn add(directory: &mut Directory, json: Option<&[u8]>) -> Result<Option<String>, String> {
    let json = json.ok_or("longer than a group may be")?;
    let id = people::check_group(json)?;
    directory.add_bytes(json).map_err(|error| people::fault(&error))?;
    Ok(id)
}

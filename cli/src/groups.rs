//! Group resources from files.

use provisor::decide::Directory;

use crate::exit::{Failure, Stop};
use crate::output::{self, Output};
use crate::people;

/// All groups of some files, or nothing where no file is named. A group that cannot be read is
/// named, and the run ends: with a group missing, its members would be decided wrongly.
pub fn load(names: &[String], output: &Output) -> Result<Option<Directory>, Stop> {
    if names.is_empty() {
        return Ok(None);
    }
    let mut directory = Directory::new();
    let mut faults = 0;
    for name in names {
        let (chunks, _) = people::open(name)?;
        for chunk in chunks {
            let chunk = chunk?;
            for resource in chunk.resources() {
                let added = match resource.json {
                    Some(json) => directory.add_bytes(json).map_err(|error| people::fault(&error)),
                    None => Err("longer than a group may be".to_owned()),
                };
                if let Err(why) = added {
                    faults += 1;
                    let label = output.err.paint("error", output::ERROR);
                    let place = format!("{}:{}", chunk.file, resource.line);
                    output.complain(&format!("{label}: cannot read the group at {place}: {why}"));
                }
            }
        }
    }
    if faults > 0 {
        return Err(Failure::new("nobody is decided")
            .why("some groups could not be read, and their members would be decided wrongly")
            .into());
    }
    if directory.is_empty() {
        output.remark("the files of --groups hold no group: nobody is in any");
    }
    Ok(Some(directory))
}

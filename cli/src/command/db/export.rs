//! `provisor db export`: the people and groups of a tenant as NDJSON.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};

use clap::Args;
use provisor_server::run::transfer;

use super::Source;
use crate::command::token;
use crate::exit::{Exit, Failure, Stop};
use crate::files;
use crate::output::{Output, closed, shown};
use crate::progress::Progress;

/// Bytes that are gathered before they are written.
const BUFFER: usize = 256 * 1024;

/// What is exported, and where to.
#[derive(Debug, Args)]
#[command(after_help = "One SCIM resource a line, as the server represents it: users, then the \
    groups that they are in. What was deleted, tokens, rules, the change feed and the audit trail \
    are not in it; `provisor db backup` keeps all.\n\n\
    Example: provisor db export --records people.ndjson")]
pub struct Arguments {
    /// The file to write; it must not exist. `-` prints it
    #[arg(value_name = "FILE", default_value = "-")]
    to: String,
    /// The tenant, by name or number
    #[arg(long, value_name = "TENANT", default_value = "default")]
    tenant: String,
    /// The base URI of `meta.location` and `$ref`; without it they are relative
    #[arg(long, value_name = "URL", default_value = "", hide_default_value = true)]
    url: String,
    /// With the records of entitlements, so that an import keeps them
    #[arg(long)]
    records: bool,
    #[command(flatten)]
    source: Source,
}

/// Writes it.
pub fn run(arguments: &Arguments, output: &Output) -> Result<Exit, Stop> {
    let name = &arguments.to;
    if name == files::STDIN {
        let mut out = BufWriter::with_capacity(BUFFER, io::stdout().lock());
        return write(arguments, output, &mut out, closed);
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    // Everybody's data is nobody else's.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(name);
    let file = file.map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => Failure::new(format!("`{name}` exists"))
            .why("export never writes over a file")
            .help("name a new file"),
        _ => Failure::io("write", name, &error),
    })?;
    let cannot = |error: &io::Error| Stop::from(Failure::io("write", name, error));
    let mut out = BufWriter::with_capacity(BUFFER, file);
    let done = write(arguments, output, &mut out, cannot)
        .and_then(|exit| on_disk(out).map(|()| exit).map_err(|error| cannot(&error)));
    if done.is_err() {
        // Half of an export looks like a whole one. Why it failed says more than why this does.
        let _ = fs::remove_file(name);
    }
    done
}

fn on_disk(out: BufWriter<File>) -> io::Result<()> {
    out.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()
}

fn write(
    arguments: &Arguments,
    output: &Output,
    out: &mut impl Write,
    cannot: impl Fn(&io::Error) -> Stop,
) -> Result<Exit, Stop> {
    let Arguments { tenant, url, records, source, .. } = arguments;
    let mut progress = Progress::new(output, "exporting", None);
    let mut failure = None;
    let exported = transfer::export(
        &source.database,
        tenant,
        url.trim_end_matches('/'),
        *records,
        &mut |text| {
            progress.advance(text.len() as u64);
            failure = out.write_all(text.as_bytes()).err();
            failure.is_none()
        },
    );
    progress.finish();
    let failure = failure.or_else(|| out.flush().err());
    let exported = exported.map_err(token::failed)?;
    if let Some(error) = failure {
        return Err(cannot(&error));
    }
    let (users, groups) = (exported.users, exported.groups);
    output.remark(&format!("{users} users and {groups} groups of {}", shown(tenant)));
    Ok(Exit::Clean)
}

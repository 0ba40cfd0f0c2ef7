//! Files: reads a root file and everything that it includes and uses.
//!
//! The library does no I/O, so a [`Loader`] brings the bytes. Paths are relative to the file that
//! holds them, written with `/`, and must lie under the root file's folder. A file is read once
//! for each way of taking it, however often it is named.

mod encoding;
mod memory;
mod path;

pub use memory::Memory;

use std::collections::HashMap;

use super::ast::{File, Ident, Item, ItemKind, Text};
use super::catalogue;
use super::source::{FileId, Source, Sources, Span, Spanned};
use super::syntax;
use crate::diagnostic::Applicability::MachineApplicable;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::limits;

/// Brings files, by path: the root as given to [`load`], every other relative to the folder of
/// the root, with `/`, and without `.` and `..`.
pub trait Loader {
    /// Finds a file, and says which one it is.
    ///
    /// # Errors
    /// A [`LoadError`] if there is none, or none that may be read.
    fn resolve(&self, path: &str) -> Result<Found, LoadError>;

    /// The bytes of a file that was found.
    ///
    /// # Errors
    /// A [`LoadError`] if it cannot be read after all.
    fn read(&self, found: &Found) -> Result<Vec<u8>, LoadError>;
}

/// A file that a [`Loader`] found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The same for the same file, by whatever path it was found: a canonical path, links
    /// resolved.
    pub key: String,
    /// The name shown to people.
    pub name: String,
    /// How many bytes it has, if that is known before reading: files that are too large are not
    /// read then.
    pub bytes: Option<u64>,
}

/// Why a [`Loader`] brings no file.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum LoadError {
    /// There is no such file.
    Missing,
    /// With links resolved it does not lie under the folder of the root.
    Outside,
    /// It cannot be read; the reason in words, such as `permission denied`.
    Unreadable(String),
}

/// How a file came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// The file that was asked for.
    Root,
    /// By `include`.
    Included,
    /// By `use`: declarations alone.
    Used,
}

/// One file that was read.
#[derive(Debug, Clone)]
pub struct LoadedFile {
    /// Its number in [`Tree::sources`].
    pub id: FileId,
    /// What it says.
    pub file: File,
    /// How it came in.
    pub role: Role,
    /// Where it was named first: the path of an `include` or `use`, the name of a catalogue;
    /// `None` for the root. Its items count where that stands.
    pub named: Option<Span>,
}

/// A root file with everything that it includes and uses.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    /// The texts.
    pub sources: Sources,
    /// The files in reading order: what a file includes or uses stands before it.
    pub files: Vec<LoadedFile>,
    /// What was found, in order of file and place.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads a root file and everything that it includes and uses.
///
/// Whatever the bytes are, the outcome is a tree and diagnostics: P001–P008, N102 for a file that
/// is included twice, N104 for paths and cycles.
pub fn load(loader: &dyn Loader, root: &str) -> Tree {
    let mut loading = Loading {
        loader,
        sources: Sources::new(),
        files: Vec::new(),
        findings: Vec::new(),
        known: HashMap::new(),
        stack: Vec::new(),
        bytes: 0,
        edition: None,
    };
    loading.root(root);
    let mut diagnostics = Diagnostics::new();
    diagnostics.extend(loading.findings);
    diagnostics.sort();
    Tree { sources: loading.sources, files: loading.files, diagnostics: diagnostics.into_vec() }
}

struct Loading<'l> {
    loader: &'l dyn Loader,
    sources: Sources,
    files: Vec<LoadedFile>,
    findings: Vec<Diagnostic>,
    /// Files met so far, by key.
    known: HashMap<String, Known>,
    /// The files being read, from the root on: path relative to the root's folder, and key.
    stack: Vec<(String, String)>,
    bytes: usize,
    /// The first edition met, which all others must agree with.
    edition: Option<(u32, Span)>,
}

/// A file met before.
#[derive(Clone, Copy)]
struct Known {
    role: Role,
    /// Where it was named, unless it is the root.
    named: Option<Span>,
    id: Option<FileId>,
}

/// A file whose text is not read, which was reported; with its number where it has one.
struct Unread(Option<FileId>);

impl Loading<'_> {
    fn root(&mut self, root: &str) {
        let found = match self.loader.resolve(root) {
            Ok(found) => found,
            Err(error) => {
                let id = self.sources.add(Source::new(root, ""));
                self.findings.push(not_loaded(Span::new(id, 0, 0), root, &error));
                self.files.push(empty(id, Role::Root));
                return;
            }
        };
        self.known.insert(found.key.clone(), Known { role: Role::Root, named: None, id: None });
        self.file(&found, String::new(), Role::Root, None);
    }

    /// Reads a file and, before it is listed, what it includes and uses.
    fn file(&mut self, found: &Found, path: String, role: Role, named: Option<Span>) {
        let id = match self.text(found, named) {
            Ok(id) => id,
            Err(Unread(id)) => {
                self.files.extend(id.map(|id| empty(id, role)));
                return;
            }
        };
        if let Some(known) = self.known.get_mut(&found.key) {
            known.id = Some(id);
        }
        let Some(source) = self.sources.get(id) else { return };
        let parsed = syntax::parse(id, source);
        self.findings.extend(parsed.diagnostics);
        self.check_edition(&parsed.file);
        self.stack.push((path, found.key.clone()));
        for item in &parsed.file.items {
            match &item.node.node {
                ItemKind::Include(path) if role == Role::Used => self.only_declarations(item, path),
                ItemKind::Include(path) => self.follow(path, item.node.span, Role::Included),
                ItemKind::Use(path) => self.follow(path, item.node.span, Role::Used),
                ItemKind::UseCatalogue { name, version } => self.catalogue(name, version),
                _ => {}
            }
        }
        self.stack.pop();
        if let Some(named) = named.filter(|_| role == Role::Used) {
            self.check_used(&parsed.file, named);
        }
        self.files.push(LoadedFile { id, file: parsed.file, role, named });
    }

    /// Brings the text of a file into the sources.
    fn text(&mut self, found: &Found, named: Option<Span>) -> Result<FileId, Unread> {
        let known_size = found.bytes.and_then(|bytes| usize::try_from(bytes).ok());
        if let Some(size) = known_size.filter(|size| *size > limits::FILE_BYTES) {
            return Err(self.refused(found, size));
        }
        let bytes = match self.loader.read(found) {
            Ok(bytes) => bytes,
            Err(error) => {
                let (place, unread) = self.unread(found, named);
                self.findings.push(not_loaded(place, &found.name, &error));
                return Err(unread);
            }
        };
        if bytes.len() > limits::FILE_BYTES {
            return Err(self.refused(found, bytes.len()));
        }
        self.bytes += bytes.len();
        if self.bytes > limits::TOTAL_BYTES {
            let limit = limits::TOTAL_BYTES;
            let message =
                format!("all files together have more than {limit} bytes, which is the limit");
            let (place, unread) = self.unread(found, named);
            self.findings.push(Diagnostic::new(Code::P007, place, message).label("not read"));
            return Err(unread);
        }
        let (text, fault) = encoding::decode(bytes);
        let id = self.sources.add(Source::new(found.name.as_str(), text));
        self.findings.extend(fault.map(|fault| fault.diagnostic(id)));
        Ok(id)
    }

    /// Where it is said that a file is not read: where it is named, or in the root itself.
    fn unread(&mut self, found: &Found, named: Option<Span>) -> (Span, Unread) {
        match named {
            Some(place) => (place, Unread(None)),
            None => {
                let id = self.sources.add(Source::new(found.name.as_str(), ""));
                (Span::new(id, 0, 0), Unread(Some(id)))
            }
        }
    }

    /// P007 for a file that is too large to be read.
    fn refused(&mut self, found: &Found, size: usize) -> Unread {
        let id = self.sources.add(Source::new(found.name.as_str(), ""));
        self.findings.push(syntax::too_large(id, size));
        Unread(Some(id))
    }

    /// P001: all headers agree.
    fn check_edition(&mut self, file: &File) {
        // One that nobody knows was reported where it stands.
        let known = file.edition.as_ref().filter(|edition| syntax::is_known_edition(edition.node));
        let Some(edition) = known else { return };
        match self.edition {
            None => self.edition = Some((edition.node, edition.span)),
            Some((first, place)) if first != edition.node => self.findings.push(
                Diagnostic::new(
                    Code::P001,
                    edition.span,
                    format!(
                        "this file is of edition {}, the root of edition {first}",
                        edition.node
                    ),
                )
                .label("all files of a rule set have one edition")
                .related(place, "the first one"),
            ),
            Some(_) => {}
        }
    }

    /// Follows one `include` or `use`.
    fn follow(&mut self, path: &Text, item: Span, role: Role) {
        let holder = self.stack.last().map_or("", |(path, _)| path.as_str());
        let target = match path::join(holder, path) {
            Ok(target) => target,
            Err(fault) => {
                self.findings.push(fault.diagnostic(path));
                return;
            }
        };
        let found = match self.loader.resolve(&target) {
            Ok(found) => found,
            Err(error) => {
                self.findings.push(not_loaded(path.span, path, &error));
                return;
            }
        };
        if self.stack.iter().any(|(_, key)| *key == found.key) {
            self.findings.push(self.cycle(path, &found));
            return;
        }
        if let Some(known) = self.known.get(&found.key).copied() {
            self.again(path, item, role, known);
            return;
        }
        if self.stack.len() >= limits::INCLUDE_DEPTH {
            let limit = limits::INCLUDE_DEPTH;
            let message =
                format!("files include one another more than {limit} deep, which is the limit");
            self.findings.push(Diagnostic::new(Code::P007, path.span, message).label("not read"));
            return;
        }
        self.known.insert(found.key.clone(), Known { role, named: Some(path.span), id: None });
        self.file(&found, target, role, Some(path.span));
    }

    /// A file that was named before: fine where both take its declarations alone.
    fn again(&mut self, path: &Text, item: Span, role: Role, known: Known) {
        if role == Role::Used {
            return;
        }
        let mut found = match known.role {
            Role::Used => Diagnostic::new(
                Code::N102,
                path.span,
                format!(
                    "`{}` was already taken by `use`, so all that it holds is known",
                    path.node
                ),
            )
            .label("remove one of the two"),
            _ => {
                Diagnostic::new(Code::N102, path.span, format!("`{}` is included twice", path.node))
                    .label("the second time")
                    .fix("remove it", item, "", MachineApplicable)
            }
        };
        if let Some(first) = known.named {
            found = found.related(first, "the first time");
        }
        self.findings.push(found);
    }

    /// Reads a built-in catalogue, once, as a file that is used.
    fn catalogue(&mut self, name: &Ident, version: &Spanned<u32>) {
        let Some(builtin) = catalogue::find(name, version.node) else {
            self.findings.push(catalogue::unknown(name, version));
            return;
        };
        let title = builtin.title();
        // A key that no file can have: paths hold no NUL.
        let key = format!("\0{title}");
        if self.known.contains_key(&key) {
            return;
        }
        let id = self.sources.add(Source::new(title, builtin.text));
        let named = Some(name.span);
        self.known.insert(key, Known { role: Role::Used, named, id: Some(id) });
        let Some(source) = self.sources.get(id) else { return };
        let parsed = syntax::parse(id, source);
        self.findings.extend(parsed.diagnostics);
        self.files.push(LoadedFile { id, file: parsed.file, role: Role::Used, named });
    }

    /// N104: a file that includes itself, by way of others or not.
    fn cycle(&self, path: &Text, found: &Found) -> Diagnostic {
        let start = self.stack.iter().position(|(_, key)| *key == found.key).unwrap_or(0);
        let around = self.stack.iter().skip(start).filter_map(|(_, key)| self.known.get(key));
        let mut names: Vec<&str> =
            around.filter_map(|known| self.sources.get(known.id?)).map(Source::name).collect();
        names.push(&found.name);
        let chain = names.join("` → `");
        Diagnostic::new(Code::N104, path.span, format!("`{}` leads back to itself", path.node))
            .label("closes the circle")
            .help(format!("`{chain}`"))
            .help("put what both need into a third file")
    }

    /// An `include` in a file that is used.
    fn only_declarations(&mut self, item: &Item, path: &Text) {
        self.findings.push(
            Diagnostic::new(
                Code::P002,
                item.node.span,
                format!(
                    "a file that is taken by `use` includes nothing, so `{}` is not read",
                    path.node
                ),
            )
            .label("not allowed here")
            .fix(
                "write `use`",
                keyword(item.node.span, "include"),
                "use",
                MachineApplicable,
            ),
        );
    }

    /// Rules, settings and tests in a file that is used.
    fn check_used(&mut self, file: &File, named: Span) {
        let first = file.items.iter().find_map(|item| Some((item, more_than_declaration(item)?)));
        let Some((item, what)) = first else { return };
        let holder = self.sources.get(named.file).map_or("", Source::name).to_owned();
        let place = Span { end: item.node.span.start + what.len() as u32, ..item.node.span };
        let keyword = self.use_keyword(named);
        let mut found = Diagnostic::new(
            Code::P002,
            place,
            format!("`use` takes declarations alone, and this file holds {}", with_article(what)),
        )
        .label("not a declaration")
        .related(named, format!("used here by `{holder}`"))
        .help("`include` takes everything of a file, rules and tests too");
        if let Some(keyword) = keyword {
            found = found.fix(
                "write `include` instead of `use`",
                keyword,
                "include",
                MachineApplicable,
            );
        }
        self.findings.push(found);
    }

    /// The word `use` before a path.
    fn use_keyword(&self, path: Span) -> Option<Span> {
        let text = self.sources.get(path.file)?.text();
        let before = text.get(..path.start as usize)?;
        let start = before.rfind("use")?;
        Some(Span::new(path.file, start, start + "use".len()))
    }
}

/// The keyword of an item that begins with it.
fn keyword(item: Span, word: &str) -> Span {
    Span::new(item.file, item.start as usize, item.start as usize + word.len())
}

/// The first word of an item that is more than a declaration.
fn more_than_declaration(item: &Item) -> Option<&'static str> {
    match &item.node.node {
        ItemKind::Rule(rule) => Some(rule.kind.as_str()),
        ItemKind::Setting(_) => Some("setting"),
        ItemKind::Fixture(_) => Some("user"),
        ItemKind::Test(_) => Some("test"),
        ItemKind::Prove(_) => Some("prove"),
        _ => None,
    }
}

fn with_article(word: &str) -> String {
    match word {
        "assignment" => "an `assignment`".to_owned(),
        _ => format!("a `{word}`"),
    }
}

fn empty(id: FileId, role: Role) -> LoadedFile {
    LoadedFile { id, file: File { id, edition: None, items: Vec::new() }, role, named: None }
}

/// N104 for a file that the loader does not bring.
fn not_loaded(place: Span, path: &str, error: &LoadError) -> Diagnostic {
    match error {
        LoadError::Missing => {
            Diagnostic::new(Code::N104, place, format!("there is no file `{path}`"))
                .label("not found")
                .help("a path is relative to the file that holds it, with `/` between folders")
        }
        LoadError::Outside => path::Fault::Outside.at(place, path),
        LoadError::Unreadable(why) => {
            Diagnostic::new(Code::N104, place, format!("`{path}` cannot be read: {why}"))
                .label("not read")
        }
    }
}

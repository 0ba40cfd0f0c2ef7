//! All files as one list of items, in the order in which they count.

use std::collections::{HashMap, HashSet};

use crate::rules::ast::{Item, ItemKind};
use crate::rules::load::{LoadedFile, Role, Tree};
use crate::rules::source::{FileId, Span};

/// An item and the role of its file.
#[derive(Clone, Copy)]
pub(super) struct Placed<'t> {
    pub(super) item: &'t Item,
    pub(super) role: Role,
}

/// The items of the root, with those of an included or used file where its `include` or `use`
/// stands (the first one, for a file used more than once).
pub(super) fn items(tree: &Tree) -> Vec<Placed<'_>> {
    let by_origin: HashMap<Span, &LoadedFile> =
        tree.files.iter().filter_map(|file| Some((file.named?, file))).collect();
    let mut placed = Vec::new();
    let mut visited: HashSet<FileId> = HashSet::new();
    let Some(root) = root(tree) else { return placed };
    visited.insert(root.id);
    let mut open = vec![(root.role, root.file.items.iter())];
    while let Some((role, items)) = open.last_mut() {
        let role = *role;
        let Some(item) = items.next() else {
            open.pop();
            continue;
        };
        let named = match &item.node.node {
            ItemKind::Include(path) | ItemKind::Use(path) => path.span,
            ItemKind::UseCatalogue { name, .. } => name.span,
            _ => {
                placed.push(Placed { item, role });
                continue;
            }
        };
        if let Some(file) = by_origin.get(&named).filter(|file| visited.insert(file.id)) {
            open.push((file.role, file.file.items.iter()));
        }
    }
    placed
}

/// The files of built-in catalogues.
pub(super) fn built_in(tree: &Tree) -> HashSet<FileId> {
    let items = tree.files.iter().flat_map(|file| &file.file.items);
    let used: HashSet<Span> = items
        .filter_map(|item| match &item.node.node {
            ItemKind::UseCatalogue { name, .. } => Some(name.span),
            _ => None,
        })
        .collect();
    let files = tree.files.iter();
    files.filter(|file| file.named.is_some_and(|at| used.contains(&at))).map(|f| f.id).collect()
}

/// The file that was asked for.
pub(super) fn root(tree: &Tree) -> Option<&LoadedFile> {
    tree.files.iter().find(|file| file.role == Role::Root)
}

//! Patterns found by the text with which they begin.

/// Entries with a prefix each; finding those whose prefix a text has costs one binary search and
/// the number of prefixes that it has, however many entries there are.
#[derive(Debug, Clone)]
pub(super) struct PrefixIndex<T> {
    /// Sorted by prefix.
    nodes: Vec<Node<T>>,
}

#[derive(Debug, Clone)]
struct Node<T> {
    prefix: Box<str>,
    /// The longest other prefix that this one begins with.
    parent: Option<usize>,
    entries: Vec<T>,
}

impl<T> PrefixIndex<T> {
    pub(super) fn new(mut entries: Vec<(String, T)>) -> Self {
        entries.sort_by(|a, b| a.0.cmp(&b.0));
        let mut nodes: Vec<Node<T>> = vec![];
        for (prefix, entry) in entries {
            match nodes.last_mut() {
                Some(last) if *last.prefix == *prefix => last.entries.push(entry),
                _ => {
                    let parent = ancestor(&nodes, nodes.len().checked_sub(1), &prefix);
                    nodes.push(Node { prefix: prefix.into(), parent, entries: vec![entry] });
                }
            }
        }
        Self { nodes }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Calls with each entry whose prefix the text has.
    ///
    /// Every prefix of the text is a prefix of its predecessor in the order too, so they all are
    /// among the predecessor and its parents.
    pub(super) fn each(&self, text: &str, mut found: impl FnMut(&T)) {
        let behind = self.nodes.partition_point(|node| &*node.prefix <= text);
        let mut at = ancestor(&self.nodes, behind.checked_sub(1), text);
        while let Some(node) = at.and_then(|place| self.nodes.get(place)) {
            node.entries.iter().for_each(&mut found);
            at = node.parent;
        }
    }
}

/// The first of a node and its parents whose prefix the text has.
fn ancestor<T>(nodes: &[Node<T>], mut at: Option<usize>, text: &str) -> Option<usize> {
    while let Some(node) = at.and_then(|place| nodes.get(place)) {
        if text.starts_with(&*node.prefix) {
            return at;
        }
        at = node.parent;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::PrefixIndex;

    #[test]
    fn finds_every_prefix_and_nothing_else() {
        let prefixes = ["", "a", "ab", "abc", "abd", "b", "ab", "ac"];
        let index = PrefixIndex::new(prefixes.iter().map(|p| (p.to_string(), *p)).collect());
        for text in ["", "a", "abx", "abcd", "ac", "zz", "abe", "aa", "b"] {
            let mut found = vec![];
            index.each(text, |p| found.push(*p));
            found.sort_unstable();
            let mut expected: Vec<_> =
                prefixes.iter().copied().filter(|p| text.starts_with(p)).collect();
            expected.sort_unstable();
            assert_eq!(found, expected, "{text:?}");
        }
    }
}

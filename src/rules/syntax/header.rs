//! P001: the header `provisioning 1`.

use crate::diagnostic::Applicability::{MachineApplicable, MaybeIncorrect};
use crate::diagnostic::{Code, Diagnostic};
use crate::rules::source::{FileId, Span, Spanned};

/// The editions that this library reads.
const EDITIONS: [u32; 1] = [1];

/// Whether this library reads an edition.
pub(super) fn is_known(edition: u32) -> bool {
    EDITIONS.contains(&edition)
}

/// The headers met so far.
#[derive(Default)]
pub(super) struct Headers {
    first: Option<Spanned<u32>>,
}

impl Headers {
    /// A header, as the first item of the file or not.
    pub(super) fn met(
        &mut self,
        number: Spanned<u32>,
        whole: Span,
        first_item: bool,
    ) -> Option<Diagnostic> {
        if let Some(first) = &self.first {
            return Some(
                Diagnostic::new(Code::P001, whole, "the header stands twice")
                    .label("the second one")
                    .related(first.span, "the first one")
                    .fix("remove it", whole, "", MachineApplicable),
            );
        }
        let found = if !is_known(number.node) {
            let message = format!("edition {} of the rules language is not known", number.node);
            Some(
                Diagnostic::new(Code::P001, number.span, message)
                    .label("write `1`")
                    .help("this version of provisor reads edition 1; another edition may mean something else")
                    .fix("write `1`", number.span, "1", MaybeIncorrect),
            )
        } else if !first_item {
            Some(
                Diagnostic::new(Code::P001, whole, "the header must be the first line of the file")
                    .label("move it to the top"),
            )
        } else {
            None
        };
        self.first = Some(number);
        found
    }

    /// The edition, and the finding if there is none. A header that could not be read was
    /// reported where it stands. Only what otherwise reads like `rules` surely lacks a header: a
    /// file that was named by mistake must stay as it is.
    pub(super) fn finish(
        self,
        file: FileId,
        start: usize,
        unreadable: bool,
        rules: bool,
    ) -> (Option<Spanned<u32>>, Option<Diagnostic>) {
        if self.first.is_some() || unreadable {
            return (self.first, None);
        }
        let place = Span::new(file, start, start);
        let sure = if rules { MachineApplicable } else { MaybeIncorrect };
        let mut found = Diagnostic::new(
            Code::P001,
            place,
            "a rules file begins with `provisioning 1`, which fixes what its rules mean",
        )
        .label("the header is missing here")
        .fix("add the header", place, "provisioning 1\n\n", sure);
        if !rules {
            found = found.help("nothing in this file reads like rules; is it the right file?");
        }
        (None, Some(found))
    }
}

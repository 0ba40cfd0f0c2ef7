//! A bound on work: reasoning that runs out of it gives up, and giving up is always sound.

/// Steps left.
#[derive(Debug)]
pub(super) struct Fuel(usize);

impl Fuel {
    /// That many steps.
    pub(super) fn new(steps: usize) -> Self {
        Self(steps)
    }

    /// Takes steps; `false` if fewer are left, and then for ever.
    pub(super) fn spend(&mut self, steps: usize) -> bool {
        match self.0.checked_sub(steps.saturating_add(1)) {
            Some(left) => {
                self.0 = left;
                true
            }
            None => {
                self.0 = 0;
                false
            }
        }
    }

    /// Whether none is left.
    pub(super) fn is_empty(&self) -> bool {
        self.0 == 0
    }
}

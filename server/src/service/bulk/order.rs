//! In which order the operations of a bulk request are done (RFC 7644, 3.7.1): as they stand, save
//! that one that refers to a later one waits for it.

use std::collections::BTreeSet;

/// Operations that can be done now: one, or several that refer to one another in a circle.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Next {
    pub(super) together: Vec<usize>,
}

pub(super) struct Order {
    /// Which operations each refers to.
    needs: Vec<BTreeSet<usize>>,
    /// What is not done yet.
    open: BTreeSet<usize>,
    /// The first that was not looked at yet.
    from: usize,
    /// Those that were passed over.
    waiting: BTreeSet<usize>,
}

impl Order {
    pub(super) fn new(needs: Vec<BTreeSet<usize>>) -> Self {
        let open = (0..needs.len()).collect();
        Self { needs, open, from: 0, waiting: BTreeSet::new() }
    }

    /// The next ones; they count as done afterwards.
    pub(super) fn next(&mut self) -> Option<Next> {
        let ready = self.waiting.iter().copied().find(|index| self.is_ready(*index));
        if let Some(index) = ready {
            return Some(self.done(vec![index]));
        }
        while self.from < self.needs.len() {
            let index = self.from;
            self.from += 1;
            if self.is_ready(index) {
                return Some(self.done(vec![index]));
            }
            self.waiting.insert(index);
        }
        // Only circles and what waits for them are left. The smallest set that waits for nobody
        // outside is one circle.
        let sets = self.waiting.iter().map(|index| self.reached(*index));
        let circle = sets.min_by_key(BTreeSet::len)?;
        Some(self.done(circle.into_iter().collect()))
    }

    /// An operation may refer to itself: what comes of it is its own matter.
    fn is_ready(&self, index: usize) -> bool {
        let mut needs = self.needs.get(index).into_iter().flatten();
        needs.all(|other| *other == index || !self.open.contains(other))
    }

    /// An operation and everything open that it waits for.
    fn reached(&self, from: usize) -> BTreeSet<usize> {
        let mut reached = BTreeSet::from([from]);
        let mut stack = vec![from];
        while let Some(index) = stack.pop() {
            for other in self.needs.get(index).into_iter().flatten() {
                if self.open.contains(other) && reached.insert(*other) {
                    stack.push(*other);
                }
            }
        }
        reached
    }

    fn done(&mut self, together: Vec<usize>) -> Next {
        for index in &together {
            self.open.remove(index);
            self.waiting.remove(index);
        }
        Next { together }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(needs: &[&[usize]]) -> Vec<Vec<usize>> {
        let needs = needs.iter().map(|one| one.iter().copied().collect()).collect();
        let mut order = Order::new(needs);
        std::iter::from_fn(|| order.next().map(|next| next.together)).collect()
    }

    #[test]
    fn without_references_the_order_is_that_of_the_request() {
        assert_eq!(order(&[&[], &[], &[]]), [[0], [1], [2]]);
        assert_eq!(order(&[&[], &[0], &[1]]), [[0], [1], [2]]);
        assert_eq!(order(&[]), Vec::<Vec<usize>>::new());
    }

    #[test]
    fn an_operation_waits_for_a_later_one_and_comes_at_once_after_it() {
        assert_eq!(order(&[&[2], &[], &[], &[]]), [[1], [2], [0], [3]]);
        assert_eq!(order(&[&[1], &[2], &[]]), [[2], [1], [0]]);
    }

    #[test]
    fn a_circle_is_done_together_before_what_waits_for_it() {
        assert_eq!(order(&[&[1], &[0]]), [vec![0, 1]]);
        assert_eq!(order(&[&[1], &[2], &[1, 3], &[]]), [vec![3], vec![1, 2], vec![0]]);
        assert_eq!(order(&[&[1], &[0], &[3], &[2]]), [vec![0, 1], vec![2, 3]]);
        assert_eq!(order(&[&[0]]), [[0]]);
    }
}

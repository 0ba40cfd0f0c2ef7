//! In which order the operations of a bulk request are done (RFC 7644, 3.7.1): as they stand, save
//! that one that refers to a later one waits for it. Operations that refer to one another in a
//! circle are done together, where the last of them stands.
//!
//! The order costs what operations and references are many, so that nobody can keep the writer
//! busy with the question alone.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};

use petgraph::algo::kosaraju_scc;
use petgraph::graph::DiGraph;

/// Operations that are done together: one, or a circle.
#[derive(Debug, Default)]
struct Step {
    /// In the order of the request.
    operations: Vec<usize>,
    /// How many other steps must come first that are not done yet.
    waits: usize,
    /// The steps that wait for this one.
    awaited: Vec<usize>,
}

/// The steps in which operations are done, by what each refers to. An operation may refer to
/// itself: what comes of it is its own matter.
pub(super) fn order(needs: &[BTreeSet<usize>]) -> Vec<Vec<usize>> {
    let (mut steps, step_of) = steps(needs);
    for (index, needs) in needs.iter().enumerate() {
        let Some(own) = step_of.get(index).copied() else { continue };
        for other in needs.iter().filter_map(|other| step_of.get(*other).copied()) {
            if other == own {
                continue;
            }
            if let Some(step) = steps.get_mut(own) {
                step.waits += 1;
            }
            if let Some(step) = steps.get_mut(other) {
                step.awaited.push(own);
            }
        }
    }
    let mut order = Vec::with_capacity(steps.len());
    let mut ready = BinaryHeap::new();
    for (index, step) in step_of.iter().enumerate() {
        ready.extend(key(&steps, *step, index));
        while let Some(Reverse((_, step))) = ready.pop() {
            let Some(done) = steps.get_mut(step) else { continue };
            order.push(std::mem::take(&mut done.operations));
            for waiting in std::mem::take(&mut done.awaited) {
                if let Some(waiting) = steps.get_mut(waiting) {
                    waiting.waits -= 1;
                }
                ready.extend(key(&steps, waiting, index));
            }
        }
    }
    order
}

/// The steps without what they wait for, and in which each operation is.
fn steps(needs: &[BTreeSet<usize>]) -> (Vec<Step>, Vec<usize>) {
    let mut graph = DiGraph::<(), ()>::with_capacity(needs.len(), needs.len());
    let nodes: Vec<_> = needs.iter().map(|_| graph.add_node(())).collect();
    for (node, needs) in nodes.iter().zip(needs) {
        for other in needs.iter().filter_map(|other| nodes.get(*other)) {
            graph.add_edge(*node, *other, ());
        }
    }
    let mut step_of = vec![0; needs.len()];
    let circles = kosaraju_scc(&graph).into_iter().enumerate().map(|(step, circle)| {
        let mut operations: Vec<usize> = circle.into_iter().map(|node| node.index()).collect();
        operations.sort_unstable();
        for operation in &operations {
            if let Some(own) = step_of.get_mut(*operation) {
                *own = step;
            }
        }
        Step { operations, ..Step::default() }
    });
    let steps = circles.collect();
    (steps, step_of)
}

/// A step that can be done now, with its first operation to sort by: all of it stands before the
/// place that was come to, and it waits for nothing.
fn key(steps: &[Step], step: usize, come_to: usize) -> Option<Reverse<(usize, usize)>> {
    let Step { operations, waits, .. } = steps.get(step)?;
    let (first, last) = (*operations.first()?, *operations.last()?);
    (*waits == 0 && last <= come_to).then_some(Reverse((first, step)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(needs: &[&[usize]]) -> Vec<Vec<usize>> {
        let needs: Vec<BTreeSet<usize>> =
            needs.iter().map(|one| one.iter().copied().collect()).collect();
        order(&needs)
    }

    #[test]
    fn without_references_the_order_is_that_of_the_request() {
        assert_eq!(of(&[&[], &[], &[]]), [[0], [1], [2]]);
        assert_eq!(of(&[&[], &[0], &[1]]), [[0], [1], [2]]);
        assert_eq!(of(&[]), Vec::<Vec<usize>>::new());
    }

    #[test]
    fn an_operation_waits_for_a_later_one_and_comes_at_once_after_it() {
        assert_eq!(of(&[&[2], &[], &[], &[]]), [[1], [2], [0], [3]]);
        assert_eq!(of(&[&[1], &[2], &[]]), [[2], [1], [0]]);
        assert_eq!(of(&[&[2], &[2], &[], &[]]), [[2], [0], [1], [3]]);
    }

    #[test]
    fn a_circle_is_done_together_before_what_waits_for_it() {
        assert_eq!(of(&[&[1], &[0]]), [vec![0, 1]]);
        assert_eq!(of(&[&[1], &[2], &[1, 3], &[]]), [vec![3], vec![1, 2], vec![0]]);
        assert_eq!(of(&[&[1], &[0], &[3], &[2]]), [vec![0, 1], vec![2, 3]]);
        assert_eq!(of(&[&[0]]), [[0]]);
    }

    #[test]
    fn a_circle_keeps_its_place_among_the_others() {
        assert_eq!(of(&[&[], &[2], &[1], &[]]), [vec![0], vec![1, 2], vec![3]]);
    }

    // Looking again at all that waits, each time something is done, does not come to an end here.
    #[test]
    fn long_chains_and_many_circles_cost_what_they_are_long() {
        const MANY: usize = 200_000;
        let backwards: Vec<_> =
            (0..MANY).map(|n| BTreeSet::from_iter((n + 1 < MANY).then_some(n + 1))).collect();
        assert!(order(&backwards).into_iter().flatten().eq((0..MANY).rev()));
        let pairs: Vec<_> = (0..MANY).map(|n| BTreeSet::from([MANY - 1 - n])).collect();
        assert_eq!(order(&pairs).len(), MANY / 2);
        let one: Vec<_> = (0..MANY).map(|n| BTreeSet::from([(n + 1) % MANY])).collect();
        assert_eq!(order(&one).len(), 1);
    }
}

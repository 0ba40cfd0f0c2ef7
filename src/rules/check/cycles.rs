//! Circles among things that refer to each other.

/// So many circles are found at most: each costs its length.
const MOST: usize = 64;

/// The circles of a graph given by its edges, each once, starting at its lowest-numbered member
/// that was reached first; the first few dozen of them. Takes time in proportion to nodes and edges and does not recurse.
pub(super) fn find(edges: &[Vec<u32>]) -> Vec<Vec<u32>> {
    #[derive(Clone, Copy, PartialEq, Eq)]
    enum State {
        New,
        Open,
        Done,
    }
    let mut states = vec![State::New; edges.len()];
    let mut cycles = Vec::new();
    for start in (0_u32..).take(edges.len()) {
        if states.get(start as usize) != Some(&State::New) {
            continue;
        }
        // The way from `start` to here, with the edges of each node that are still to be followed.
        let mut way: Vec<(u32, std::slice::Iter<'_, u32>)> = Vec::new();
        let mut next = Some(start);
        loop {
            if let Some(node) = next.take() {
                let Some(state) = states.get_mut(node as usize) else { continue };
                match state {
                    State::Done => {}
                    State::Open if cycles.len() >= MOST => {}
                    State::Open => {
                        let from = way.iter().position(|(member, _)| *member == node);
                        let members = way.iter().skip(from.unwrap_or(0)).map(|(member, _)| *member);
                        cycles.push(members.collect());
                    }
                    State::New => {
                        *state = State::Open;
                        if let Some(edges) = edges.get(node as usize) {
                            way.push((node, edges.iter()));
                        }
                    }
                }
            }
            let Some((node, rest)) = way.last_mut() else { break };
            match rest.next() {
                Some(to) => next = Some(*to),
                None => {
                    if let Some(state) = states.get_mut(*node as usize) {
                        *state = State::Done;
                    }
                    way.pop();
                }
            }
        }
    }
    cycles
}

/// Takes one edge out of each circle of a forest given by its parents, so that following them ends.
pub(super) fn cut(parents: &mut [Option<usize>]) {
    // 0: not reached yet, otherwise the number of the walk that reached it.
    let mut walk_of = vec![0_usize; parents.len()];
    for start in 0..parents.len() {
        let walk = start + 1;
        let mut at = Some(start);
        while let Some(node) = at {
            let Some(mark) = walk_of.get_mut(node).filter(|mark| **mark == 0) else { break };
            *mark = walk;
            at = parents.get(node).copied().flatten();
            let back = at.is_some_and(|next| walk_of.get(next) == Some(&walk));
            if let Some(parent) = parents.get_mut(node).filter(|_| back) {
                *parent = None;
                break;
            }
        }
    }
}

/// The nodes of a forest, each after its parent; the parents must not go round.
pub(super) fn parents_first(parents: &[Option<usize>]) -> Vec<usize> {
    let mut order = Vec::with_capacity(parents.len());
    let mut done = vec![false; parents.len()];
    let mut way = Vec::new();
    for start in 0..parents.len() {
        let mut at = Some(start);
        while let Some(node) = at.filter(|node| done.get(*node) == Some(&false)) {
            if let Some(done) = done.get_mut(node) {
                *done = true;
            }
            way.push(node);
            at = parents.get(node).copied().flatten();
        }
        order.extend(way.drain(..).rev());
    }
    order
}

#[cfg(test)]
mod tests {
    use super::{cut, find, parents_first};

    #[test]
    fn a_forest_is_walked_parents_first_once_circles_are_cut() {
        let mut parents = [Some(1), Some(2), Some(0), Some(2), None, Some(5)];
        cut(&mut parents);
        assert_eq!(parents.iter().filter(|parent| parent.is_none()).count(), 3);
        let order = parents_first(&parents);
        assert_eq!(order.len(), parents.len());
        for (place, node) in order.iter().enumerate() {
            if let Some(parent) = parents[*node] {
                assert!(order[..place].contains(&parent));
            }
        }
    }

    fn check(edges: &[&[u32]], expected: &[&[u32]]) {
        let edges: Vec<Vec<u32>> = edges.iter().map(|to| to.to_vec()).collect();
        assert_eq!(find(&edges), expected);
    }

    #[test]
    fn finds_each_circle_once() {
        check(&[&[1, 2], &[2], &[]], &[]);
        check(&[&[0]], &[&[0]]);
        check(&[&[1], &[2], &[0]], &[&[0, 1, 2]]);
        check(&[&[1], &[2], &[1]], &[&[1, 2]]);
        check(&[&[1], &[0], &[3], &[2]], &[&[0, 1], &[2, 3]]);
        check(&[&[7], &[]], &[]);
    }

    #[test]
    fn a_long_chain_does_not_recurse() {
        let edges: Vec<Vec<u32>> = (1..=200_000).map(|next| vec![next]).collect();
        assert!(find(&edges).is_empty());
    }
}

//! Every engine decides a small crowd as the plainest reading of the rules does.

use peers::agree::{assert_agrees, assert_outcomes, expected};
use peers::engine::Engine;
use peers::engines;
use peers::scenario::{DEFAULT, Scenario, Shape};

fn check<E: Engine>() {
    for shape in [Shape::Groups, Shape::Attributes] {
        for assignments in [10, 60] {
            let scenario = Scenario::new(shape, assignments, 200);
            assert_agrees::<E>(&scenario, &expected(&scenario));
        }
    }
}

#[test]
fn the_matcher_by_hand_agrees() {
    check::<engines::ByHand>();
}

#[test]
fn provisor_agrees() {
    check::<engines::Provisor>();
}

#[test]
fn cedar_agrees() {
    check::<engines::Cedar>();
}

#[test]
fn cel_agrees() {
    check::<engines::Cel>();
}

#[test]
fn regorus_agrees() {
    check::<engines::Regorus>();
}

#[cfg(feature = "zen")]
#[test]
fn zen_agrees() {
    check::<engines::Zen>();
}

#[test]
fn what_provisor_decides_is_what_the_winner_gives() {
    for shape in [Shape::Groups, Shape::Attributes] {
        let scenario = Scenario::new(shape, 60, 200);
        assert_outcomes(&scenario, &expected(&scenario));
    }
}

/// Without this, agreement would say little.
#[test]
fn winners_are_many_and_some_people_get_the_default() {
    for shape in [Shape::Groups, Shape::Attributes] {
        let scenario = Scenario::new(shape, 60, 200);
        let mut winners = expected(&scenario);
        let defaults = winners.iter().filter(|winner| **winner == DEFAULT).count();
        assert!((2..100).contains(&defaults), "{defaults} people get the default");
        winners.sort_unstable();
        winners.dedup();
        assert!(winners.len() > 20, "only {} assignments win", winners.len());
    }
}

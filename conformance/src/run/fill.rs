//! Expectations with their templates filled in.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::scenario::{Expectation, Matcher, Rule, Took};
use crate::template::{Scope, Unknown};

/// An expectation of the answer to a request that was made with the same names.
pub(super) fn filled(expectation: &Expectation, scope: &Scope) -> Result<Expectation, Unknown> {
    let fill = |all: &BTreeMap<String, Matcher>| {
        let filled = all.iter().map(|(place, one)| Ok((scope.text(place)?, matcher(one, scope)?)));
        filled.collect::<Result<BTreeMap<_, _>, Unknown>>()
    };
    let or = expectation.or.iter().map(|one| filled(one, scope));
    let took =
        expectation.took.iter().map(|(name, one)| Ok((name.clone(), took(name, one, scope)?)));
    Ok(Expectation {
        headers: fill(&expectation.headers)?,
        body: fill(&expectation.body)?,
        or: or.collect::<Result<_, _>>()?,
        took: took.collect::<Result<_, Unknown>>()?,
        ..expectation.clone()
    })
}

/// With both measures, as far as they were taken.
fn took(name: &str, took: &Took, scope: &Scope) -> Result<Took, Unknown> {
    let measure = |name: &str| {
        let value = scope.get(name).and_then(Value::as_f64);
        value.ok_or_else(|| Unknown { name: name.to_owned() })
    };
    Ok(Took { measured: Some((measure(name)?, measure(&took.of)?)), ..took.clone() })
}

fn matcher(matcher: &Matcher, scope: &Scope) -> Result<Matcher, Unknown> {
    Ok(match matcher {
        Matcher::Is(value) => Matcher::Is(scope.value(value)?),
        Matcher::Rules(rules) => {
            let rules = rules.iter().map(|one| rule(one, scope));
            Matcher::Rules(rules.collect::<Result<_, _>>()?)
        }
    })
}

fn rule(rule: &Rule, scope: &Scope) -> Result<Rule, Unknown> {
    let one = |value: &Value| scope.value(value);
    let all = |values: &[Value]| values.iter().map(one).collect::<Result<Vec<_>, _>>();
    Ok(match rule {
        Rule::Is(value) => Rule::Is(one(value)?),
        Rule::Equals(value) => Rule::Equals(one(value)?),
        Rule::OneOf(values) => Rule::OneOf(all(values)?),
        Rule::Not(value) => Rule::Not(one(value)?),
        Rule::AbsentOr(value) => Rule::AbsentOr(one(value)?),
        Rule::Has(value) => Rule::Has(one(value)?),
        Rule::Lacks(value) => Rule::Lacks(one(value)?),
        Rule::Every(value) => Rule::Every(one(value)?),
        Rule::Exactly(values) => Rule::Exactly(all(values)?),
        Rule::Matches(text) => Rule::Matches(scope.text(text)?),
        Rule::DoesNotMatch(text) => Rule::DoesNotMatch(scope.text(text)?),
        Rule::SameText(text) => Rule::SameText(scope.text(text)?),
        Rule::Count(value) => Rule::Count(one(value)?),
        Rule::AtLeast(value) => Rule::AtLeast(one(value)?),
        Rule::AtMost(value) => Rule::AtMost(one(value)?),
        Rule::MoreThan(value) => Rule::MoreThan(one(value)?),
        Rule::LessThan(value) => Rule::LessThan(one(value)?),
        Rule::After(value) => Rule::After(one(value)?),
        Rule::Before(value) => Rule::Before(one(value)?),
        Rule::NotBefore(value) => Rule::NotBefore(one(value)?),
        Rule::NotAfter(value) => Rule::NotAfter(one(value)?),
        Rule::Present(_) | Rule::Type(_) => rule.clone(),
    })
}

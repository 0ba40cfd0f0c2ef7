//! Which scenarios are played.

use std::collections::BTreeSet;

use crate::requirement::Requirement;
use crate::run::reads_only;
use crate::scenario::{Level, Need, Scenario};
use crate::suggest::nearest;

/// What is asked for. Of several words of one sort any will do; of several sorts all must fit.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Selection {
    /// Parts of ids, or patterns of whole ids with `*`.
    pub only: Vec<String>,
    /// The same of those that are left out.
    pub except: Vec<String>,
    /// Tags.
    pub tags: Vec<String>,
    /// Sections, such as `3.5.2` or `rfc7644/3.5.2`, with those inside.
    pub sections: Vec<String>,
    /// Levels.
    pub levels: Vec<Level>,
    /// Capabilities that a scenario is about.
    pub needs: Vec<Need>,
    /// Dialects whose scenarios are played besides those of the RFCs.
    pub dialects: Vec<String>,
    /// Only scenarios that write nothing.
    pub read_only: bool,
}

impl Selection {
    /// Those that are asked for. Fails with a word that no scenario has, and the one that was
    /// probably meant.
    pub fn of(&self, mut scenarios: Vec<Scenario>) -> Result<Vec<Scenario>, String> {
        known("dialect", &self.dialects, scenarios.iter().flat_map(|one| &one.dialects))?;
        known("tag", &self.tags, scenarios.iter().flat_map(|one| &one.tags))?;
        for section in &self.sections {
            if !scenarios.iter().any(|one| is_about(one, section)) {
                return Err(format!(
                    "no scenario is about section `{section}`; write 3.5.2, rfc7644/3.5.2 or rfc7644"
                ));
            }
        }
        for pattern in &self.only {
            if !scenarios.iter().any(|one| fits(pattern, &one.id)) {
                return Err(format!(
                    "no scenario's id fits `{pattern}`{}",
                    meant(pattern, &scenarios)
                ));
            }
        }
        for pattern in &self.except {
            // What a typing error leaves in would be played against somebody's will.
            if !scenarios.iter().any(|one| fits(pattern, &one.id)) {
                let meant = meant(pattern, &scenarios);
                return Err(format!(
                    "no scenario's id fits `{pattern}`, so nothing is left out{meant}"
                ));
            }
        }
        scenarios.retain(|one| self.has(one));
        Ok(scenarios)
    }

    fn has(&self, scenario: &Scenario) -> bool {
        // By the letter of the RFCs alone, unless a provider's wishes are asked for.
        let spoken = scenario.dialects.is_empty()
            || scenario.dialects.iter().any(|name| self.dialects.contains(name));
        spoken
            && any(&self.only, |pattern| fits(pattern, &scenario.id))
            && !self.except.iter().any(|pattern| fits(pattern, &scenario.id))
            && any(&self.tags, |tag| scenario.tags.contains(tag))
            && any(&self.sections, |section| is_about(scenario, section))
            && any(&self.levels, |level| scenario.level == *level)
            && any(&self.needs, |need| scenario.needs.contains(need))
            && (!self.read_only || reads_only(scenario))
    }
}

fn any<T>(wanted: &[T], fits: impl Fn(&T) -> bool) -> bool {
    wanted.is_empty() || wanted.iter().any(fits)
}

fn known<'a>(
    sort: &str,
    wanted: &[String],
    all: impl Iterator<Item = &'a String>,
) -> Result<(), String> {
    let all: Vec<&String> = all.collect();
    let Some(unknown) = wanted.iter().find(|one| !all.contains(one)) else { return Ok(()) };
    let help = match nearest(unknown, &all) {
        Some(near) => format!("; did you mean `{near}`?"),
        None => {
            let names: BTreeSet<&str> = all.into_iter().map(String::as_str).collect();
            let names: Vec<&str> = names.into_iter().collect();
            format!("; there are {}", names.join(", "))
        }
    };
    Err(format!("no scenario has the {sort} `{unknown}`{help}"))
}

/// What was probably meant by a pattern that fits nothing: a folder of ids, or a word of one.
fn meant(pattern: &str, scenarios: &[Scenario]) -> String {
    let mut words: BTreeSet<&str> = BTreeSet::new();
    for id in scenarios.iter().map(|one| one.id.as_str()) {
        words.insert(id);
        words.extend(id.match_indices('/').filter_map(|(end, _)| id.get(..end)));
        words.extend(id.split(['/', '-']).filter(|word| word.len() > 2));
    }
    let words: Vec<&str> = words.into_iter().collect();
    nearest(pattern, &words).map_or_else(String::new, |near| format!("; did you mean `{near}`?"))
}

/// Whether a scenario covers a requirement of a section or of one inside it.
fn is_about(scenario: &Scenario, section: &str) -> bool {
    let section = section.trim_start_matches(['§', ' ']);
    let is_rfc = section.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("rfc"));
    // As ids of requirements have it, or as scenarios' do.
    let (rfc, number) = match section.rsplit_once('/').or_else(|| section.split_once('-')) {
        Some((rfc, number)) => (Some(rfc.to_ascii_uppercase()), number),
        // The whole of it.
        None if is_rfc => (Some(section.to_ascii_uppercase()), ""),
        None => (None, section),
    };
    scenario.covers.iter().filter_map(|id| Requirement::find(id)).any(|one| {
        let mut parts = one.id.splitn(3, '-');
        let (of, place) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let inside = number.is_empty()
            || place == number
            || place.strip_prefix(number).is_some_and(|rest| rest.starts_with('.'));
        rfc.as_ref().is_none_or(|rfc| rfc == of) && inside
    })
}

/// A part of an id; with `*`, which stands for any text, the whole of it.
fn fits(pattern: &str, id: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = id.strip_prefix(first).filter(|_| pattern.contains('*')) else {
        return !pattern.contains('*') && id.contains(pattern);
    };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return false };
    for part in middle {
        match rest.split_once(part) {
            Some((_, behind)) => rest = behind,
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::Corpus;

    fn chosen(selection: &Selection) -> Vec<String> {
        let all = Corpus::built_in().unwrap().scenarios;
        selection.of(all).unwrap().into_iter().map(|one| one.id).collect()
    }

    #[test]
    fn patterns_are_parts_or_wholes() {
        assert!(fits("3.5.2", "rfc7644/3.5.2-patch/add"));
        assert!(fits("rfc7644/*/add", "rfc7644/3.5.2-patch/add"));
        assert!(fits("*patch*", "rfc7644/3.5.2-patch/add"));
        assert!(!fits("patch*", "rfc7644/3.5.2-patch/add"));
        assert!(!fits("*/ad", "rfc7644/3.5.2-patch/add"));
    }

    #[test]
    fn some_can_be_left_out_and_a_typing_error_leaves_nothing_in() {
        let without =
            |pattern: &str| Selection { except: vec![pattern.to_owned()], ..Selection::default() };
        let (all, left) = (chosen(&Selection::default()), chosen(&without("robustness/cost")));
        assert!(left.len() < all.len() && !left.iter().any(|id| id.contains("/cost/")));
        let told = without("robustnes/cost").of(Corpus::built_in().unwrap().scenarios).unwrap_err();
        assert_eq!(
            told,
            "no scenario's id fits `robustnes/cost`, so nothing is left out; did you mean \
             `robustness/cost`?"
        );
    }

    #[test]
    fn a_typing_error_among_what_is_played_is_told() {
        let only = Selection { only: vec!["filtr".to_owned()], ..Selection::default() };
        let told = only.of(Corpus::built_in().unwrap().scenarios).unwrap_err();
        assert_eq!(told, "no scenario's id fits `filtr`; did you mean `filter`?");
    }

    #[test]
    fn a_section_has_those_inside_and_not_its_neighbours() {
        let of = |section: &str| {
            chosen(&Selection { sections: vec![section.to_owned()], ..Selection::default() })
        };
        let (all, inner) = (of("3.5.2"), of("rfc7644/3.5.2.1"));
        assert!(!inner.is_empty() && inner.iter().all(|id| all.contains(id)));
        assert!(
            !of("3.5").is_empty() && of("RFC7644/3.4.2.2").iter().any(|id| id.contains("filter"))
        );
        assert_eq!(of("§3.5.2"), all);
        assert_eq!(of("RFC7644-3.5.2"), of("rfc7644/3.5.2"));
        let whole = of("RFC7644");
        assert!(all.iter().all(|id| whole.contains(id)) && whole.len() > 200, "{}", whole.len());
        let wrong = Selection { sections: vec!["99.9".to_owned()], ..Selection::default() };
        assert!(wrong.of(Corpus::built_in().unwrap().scenarios).is_err());
    }

    #[test]
    fn what_reads_only_makes_nothing() {
        let all = chosen(&Selection { read_only: true, ..Selection::default() });
        assert!(all.iter().any(|id| id.contains("5-service-provider-config")));
        assert!(!all.iter().any(|id| id.contains("3.6-delete")));
    }

    #[test]
    fn dialects_are_played_where_they_are_named_and_typing_errors_told() {
        let with = Selection { dialects: vec!["entra".to_owned()], ..Selection::default() };
        assert!(chosen(&with).iter().any(|id| id.starts_with("dialects/entra/")));
        assert!(!chosen(&Selection::default()).iter().any(|id| id.starts_with("dialects/entra/")));
        let wrong = Selection { dialects: vec!["entre".to_owned()], ..Selection::default() };
        let told = wrong.of(Corpus::built_in().unwrap().scenarios).unwrap_err();
        assert_eq!(told, "no scenario has the dialect `entre`; did you mean `entra`?");
        let wrong = Selection { dialects: vec!["azure".to_owned()], ..Selection::default() };
        let told = wrong.of(Corpus::built_in().unwrap().scenarios).unwrap_err();
        assert!(told.contains("`azure`; there are authentik, entra, "), "{told}");
    }
}

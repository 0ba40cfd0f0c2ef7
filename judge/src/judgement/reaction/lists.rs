//! Lists whose totals and pages are not as they should be.

use super::Scene;
use super::rules::STOPS;
use crate::judgement::{About, Log};

/// Pages in one step that are too many, beyond two of each resource.
const PAGES: usize = 30;

impl Scene<'_> {
    pub(super) fn stops(&self, log: &mut Log) {
        let lists: Vec<&About<'_>> = self.abouts.iter().filter(|one| one.is_list()).collect();
        let pages = |one: &&&About<'_>| {
            ["startIndex", "count", "cursor"].iter().any(|name| one.parameter(name).is_some())
        };
        if lists.iter().filter(pages).count() == 0 && lists.len() < 2 {
            return;
        }
        log.looked(&STOPS);
        // A page that is asked for again and again, or one behind the other without end.
        let walked = lists.iter().filter(pages).count();
        let most = PAGES + 2 * (self.episode.after.users.len() + self.episode.after.groups.len());
        if walked > most {
            let expected = format!("{most} pages at most");
            log.found(&STOPS, "sequence", expected, format!("{walked}"));
            return;
        }
        // A page behind an empty one of the same list.
        let mut ended: Option<String> = None;
        for about in lists {
            let list = format!("{:?} {:?}", about.endpoint, about.parameter("filter"));
            let start = about.parameter("startIndex").and_then(|text| text.parse::<u64>().ok());
            let goes_on = start.is_some_and(|start| start > 1);
            if goes_on && ended.as_ref() == Some(&list) {
                log.at(about.exchange);
                log.found(&STOPS, "sequence", "no page behind an empty one", "one more".to_owned());
                return;
            }
            let answer = about.exchange.answer.as_ref().and_then(|one| one.body.value());
            let count =
                answer.as_ref().and_then(|one| one.get("Resources")?.as_array()).map(Vec::len);
            ended = if count.unwrap_or(0) == 0 { Some(list) } else { None };
        }
    }
}

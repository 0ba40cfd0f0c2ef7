//! Settings: one table of names and what each takes.

use std::collections::HashMap;

use super::conditions::Scope;
use super::report::{Report, suggestion};
use crate::diagnostic::{Code, Diagnostic, suggest};
use crate::rules::ast::{Setting, SettingValue};
use crate::rules::model::{MaxRemovals, OnMove, Plan, SeatOrder, Settings};
use crate::rules::source::{Span, Spanned};

/// What a setting takes, and where that goes.
enum Takes {
    /// One of these words; the place in the list is handed on.
    Word(&'static [&'static str], fn(&mut Settings, usize)),
    /// `none` or a whole number.
    Count(fn(&mut Settings, Option<u64>)),
    /// `none`, a whole number, or per cent.
    Removals,
    /// `assignment`, or an attribute.
    Order,
}

/// Every setting, in the order of the language reference; the first word is the default.
const TABLE: &[(&str, Takes)] = &[
    (
        "on_move",
        Takes::Word(&["either", "target", "always"], |settings, word| {
            settings.on_move = match word {
                0 => OnMove::Either,
                1 => OnMove::Target,
                _ => OnMove::Always,
            };
        }),
    ),
    ("on_adopt", Takes::Word(&["keep", "apply"], |to, word| to.on_adopt_apply = word == 1)),
    (
        "reactivate_reapply",
        Takes::Word(&["automatic", "always"], |to, word| to.reactivate_always = word == 1),
    ),
    (
        "deactivate_releases_seats",
        Takes::Word(&["yes", "no"], |to, word| to.deactivate_releases_seats = word == 0),
    ),
    (
        "propagate",
        Takes::Word(&["on_push", "at_once"], |to, word| to.propagate_at_once = word == 1),
    ),
    ("withheld", Takes::Word(&["hold", "store"], |to, word| to.withheld_store = word == 1)),
    ("group_identity", Takes::Word(&["id", "name"], |to, word| to.group_identity_name = word == 1)),
    (
        "managers_edit_capture",
        Takes::Word(&["yes", "no"], |to, word| to.managers_edit_capture = word == 0),
    ),
    ("max_removals", Takes::Removals),
    ("seat_order", Takes::Order),
    (
        "plan",
        Takes::Word(
            &["none", "gong_coaching", "gong_professional", "gong_enterprise"],
            |settings, word| {
                settings.plan = match word {
                    0 => None,
                    1 => Some(Plan::GongCoaching),
                    2 => Some(Plan::GongProfessional),
                    _ => Some(Plan::GongEnterprise),
                };
            },
        ),
    ),
    ("max_assignments", Takes::Count(|settings, count| settings.max_assignments = count)),
    ("max_workspaces", Takes::Count(|settings, count| settings.max_workspaces = count)),
    ("max_profiles", Takes::Count(|settings, count| settings.max_profiles = count)),
];

/// All settings, defaults filled in: P002 for unknown names and values, N102 for a second time.
pub(super) fn read(list: &[&Setting], scope: &mut Scope<'_>, report: &mut Report) -> Settings {
    let mut settings = Settings::default();
    let mut first: HashMap<&str, Span> = HashMap::new();
    for setting in list {
        let name = &setting.name;
        report.enter(format!("setting {}", name.node));
        let Some((_, takes)) = TABLE.iter().find(|(known, _)| *known == name.node) else {
            report.push(unknown(setting));
            continue;
        };
        if let Some(first) = first.insert(&name.node, name.span) {
            let message = format!("setting `{}` is given twice", name.node);
            report.push(
                Diagnostic::new(Code::N102, name.span, message)
                    .label("again")
                    .related(first, "first given here")
                    .help("each setting is given once in all files: remove one of them"),
            );
            continue;
        }
        if let Err(finding) = one(setting, takes, &mut settings, scope, report) {
            report.extend(finding.map(|finding| *finding));
        }
    }
    report.leave();
    settings
}

/// Why a value does not fit; `None` where that is reported already.
type Refused = Option<Box<Diagnostic>>;

fn refuse(finding: Diagnostic) -> Refused {
    Some(Box::new(finding))
}

fn one(
    setting: &Setting,
    takes: &Takes,
    settings: &mut Settings,
    scope: &mut Scope<'_>,
    report: &mut Report,
) -> Result<(), Refused> {
    let name = &setting.name;
    let Some(value) = setting.values.first() else {
        return Err(refuse(wrong(setting, name.span, "needs a value", takes)));
    };
    let more = setting.values.get(1);
    if let (Some(more), false) = (more, matches!(takes, Takes::Order)) {
        return Err(refuse(wrong(setting, more.span, "takes one value", takes)));
    }
    match (takes, &value.node) {
        (Takes::Word(words, set), SettingValue::Word(word)) => {
            match words.iter().position(|known| known == word) {
                Some(place) => set(settings, place),
                None => return Err(refuse(wrong_word(setting, value.span, word, words, takes))),
            }
        }
        (Takes::Count(set), SettingValue::Number(count)) => set(settings, Some(*count)),
        (Takes::Count(set), SettingValue::Word(word)) if word == "none" => set(settings, None),
        (Takes::Removals, SettingValue::Number(count)) => {
            settings.max_removals = MaxRemovals::Count(*count);
        }
        (Takes::Removals, SettingValue::Percent(share)) if *share <= 100 => {
            settings.max_removals = MaxRemovals::Percent(*share);
        }
        (Takes::Removals, SettingValue::Word(word)) if word == "none" => {
            settings.max_removals = MaxRemovals::None;
        }
        (Takes::Order, SettingValue::Word(word)) => {
            settings.seat_order = seat_order(setting, value, word, scope, report)?;
        }
        _ => return Err(refuse(wrong(setting, value.span, "does not take this", takes))),
    }
    Ok(())
}

/// `assignment`, or an attribute with one value, lowest first unless `descending`.
fn seat_order(
    setting: &Setting,
    value: &Spanned<SettingValue>,
    word: &str,
    scope: &mut Scope<'_>,
    report: &mut Report,
) -> Result<SeatOrder, Refused> {
    let descending = match setting.values.get(1) {
        None => false,
        Some(more) if more.node == SettingValue::Word("descending".to_owned()) => true,
        Some(more) => {
            return Err(refuse(wrong(setting, more.span, "does not take this", &Takes::Order)));
        }
    };
    if word == "assignment" {
        return match setting.values.get(1) {
            None => Ok(SeatOrder::Assignment),
            Some(more) => Err(refuse(
                Diagnostic::new(
                    Code::P002,
                    more.span,
                    "the order of assignments cannot be turned round",
                )
                .help("write `setting seat_order assignment`, or name an attribute"),
            )),
        };
    }
    let path = Spanned::new(word.to_owned(), value.span);
    let target = scope.attributes.resolve(&path, &mut scope.names, report).ok_or(None)?;
    let resolved = scope.attributes.value(target, &path, report).ok_or(None)?;
    if resolved.multi_valued {
        let message = format!("`{word}` can have several values, so it puts nobody in order");
        return Err(refuse(
            Diagnostic::new(Code::T201, value.span, message)
                .help("name an attribute with one value, such as `employeeNumber`"),
        ));
    }
    Ok(SeatOrder::Attribute { path: word.to_owned(), descending })
}

fn unknown(setting: &Setting) -> Diagnostic {
    let name = &setting.name;
    let message = format!("there is no setting called `{}`", name.node);
    let finding = Diagnostic::new(Code::P002, name.span, message);
    let names = TABLE.iter().map(|(name, _)| *name);
    match suggest::nearest(&name.node, names.clone()) {
        Some(near) => suggestion(finding, name.span, &name.node, near),
        None => {
            let list: Vec<String> = names.map(|name| format!("`{name}`")).collect();
            finding.help(format!("the settings are {}", list.join(", ")))
        }
    }
}

fn wrong_word(
    setting: &Setting,
    span: Span,
    word: &str,
    words: &'static [&'static str],
    takes: &Takes,
) -> Diagnostic {
    let finding = wrong(setting, span, &format!("cannot be `{word}`"), takes);
    match suggest::nearest(word, words.iter().copied()) {
        Some(near) => suggestion(finding, span, word, near),
        None => finding,
    }
}

fn wrong(setting: &Setting, span: Span, what: &str, takes: &Takes) -> Diagnostic {
    let values = match takes {
        Takes::Word(words, _) => {
            let list: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
            list.join(", ")
        }
        Takes::Count(_) => "`none` or a whole number".to_owned(),
        Takes::Removals => {
            "`none`, a number of members such as `50`, or at most 100 per cent such as `20 %`"
                .to_owned()
        }
        Takes::Order => "`assignment`, or an attribute, perhaps with `descending`".to_owned(),
    };
    Diagnostic::new(Code::P002, span, format!("setting `{}` {what}", setting.name.node))
        .help(format!("it takes {values}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_word_of_each_setting_is_its_default() {
        for (name, takes) in TABLE {
            let mut settings = Settings::default();
            match takes {
                Takes::Word(_, set) => set(&mut settings, 0),
                Takes::Count(set) => set(&mut settings, None),
                Takes::Removals | Takes::Order => {}
            }
            assert_eq!(settings, Settings::default(), "{name}");
        }
    }

    #[test]
    fn every_word_says_something_of_its_own() {
        for (name, takes) in TABLE {
            let Takes::Word(words, set) = takes else { continue };
            let mut seen = Vec::new();
            for place in 0..words.len() {
                let mut settings = Settings::default();
                set(&mut settings, place);
                assert!(!seen.contains(&settings), "{name} {place}");
                seen.push(settings);
            }
        }
    }
}

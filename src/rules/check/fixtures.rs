//! `user` items: lines resolved, `like` chains put together.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::{Map, Value as Json};

use super::attributes::{KnownId, Target, Value};
use super::conditions::Scope;
use super::cycles;
use super::literals;
use super::names::{Kind, listed_twice};
use super::payload::Line;
use super::report::Report;
use super::schema::CORE_USER;
use super::suite::{GivenGroup, GivenLine, GivenValue};
use crate::diagnostic::{Code, Diagnostic};
use crate::limits;
use crate::rules::ast::{Fixture, FixtureGroup, FixtureLine, FixtureValue, Literal, Path};
use crate::rules::source::{Span, Spanned};

/// All fixtures, by number.
pub(super) struct Fixtures {
    own: Vec<Arc<[Line]>>,
    parents: Vec<Option<usize>>,
}

impl Fixtures {
    /// The lines of a fixture: first those of the one at the end of its `like` chain.
    pub(super) fn layers(&self, number: u32) -> Vec<Arc<[Line]>> {
        let mut layers = Vec::new();
        let mut at = Some(number as usize);
        while let Some(place) = at {
            layers.extend(self.own.get(place).cloned());
            at = self.parents.get(place).copied().flatten();
        }
        layers.reverse();
        layers
    }
}

/// Resolves all fixtures: N101, N102, T203, P007, P008 for circles of `like`.
pub(super) fn build(
    list: &[Spanned<&Fixture>],
    scope: &mut Scope<'_>,
    given: &mut Vec<GivenLine>,
    report: &mut Report,
) -> Fixtures {
    let mut own = Vec::with_capacity(list.len());
    let mut parents = Vec::with_capacity(list.len());
    for fixture in list {
        let context = format!("user {}", fixture.id.node);
        report.enter(&*context);
        own.push(lines(&fixture.lines, &context, scope, given, report));
        let like = fixture.like.as_ref();
        let parent = like
            .and_then(|like| scope.names.find_other(Kind::Fixture, like, &fixture.id.node, report));
        parents.push(parent.map(|number| number as usize));
    }
    cut_chains(&mut parents, list, report);
    report.leave();
    Fixtures { own, parents }
}

/// The lines of one fixture, or those behind `with`.
pub(super) fn lines(
    list: &[Spanned<FixtureLine>],
    context: &str,
    scope: &mut Scope<'_>,
    given: &mut Vec<GivenLine>,
    report: &mut Report,
) -> Arc<[Line]> {
    let mut lines = Vec::with_capacity(list.len());
    let mut first: HashMap<Target, Span> = HashMap::new();
    for line in list {
        match &line.node {
            FixtureLine::Groups { change, groups } => {
                let groups = groups.iter().map(group).collect();
                lines.push(Line::Groups { change: *change, groups });
            }
            FixtureLine::Attribute { path, value } => {
                let target = scope.attributes.resolve(path, &mut scope.names, report);
                let Some(target) = target else { continue };
                if scope.attributes.address(target.known) == Some((CORE_USER, "groups")) {
                    report.push(groups_as_attribute(path));
                    continue;
                }
                if let Some(first) = first.insert(target, path.span) {
                    report.push(listed_twice(path.span, first, &path.node, "this person"));
                    continue;
                }
                let mut reader = Reader { scope, report, values: Vec::new(), path };
                let Some(json) = reader.json(target, value) else { continue };
                let values = std::mem::take(&mut reader.values);
                let shape = scope.attributes.shape(target.known);
                given.push(GivenLine {
                    span: line.span,
                    context: context.to_owned(),
                    path: path.node.clone(),
                    multi_valued: shape.multi_valued,
                    count: count(value),
                    values,
                });
                lines.extend(attribute(target, json, scope));
            }
        }
    }
    lines.into()
}

fn attribute(target: Target, value: Option<Json>, scope: &Scope<'_>) -> Option<Line> {
    let (schema, name) = scope.attributes.address(target.known)?;
    let shape = scope.attributes.shape(target.known);
    let sub = target
        .leaf
        .filter(|_| shape.complex && !shape.multi_valued)
        .map(|leaf| scope.attributes.leaf_name(target.known, leaf).to_owned());
    Some(Line::Attribute { schema: schema.to_owned(), name: name.to_owned(), sub, value })
}

/// Reads the value of one line.
struct Reader<'a, 't> {
    scope: &'a mut Scope<'t>,
    report: &'a mut Report,
    values: Vec<GivenValue>,
    path: &'a Path,
}

impl Reader<'_, '_> {
    /// What a line puts into the payload, or that it takes away; `None` where something is wrong.
    fn json(&mut self, target: Target, value: &FixtureValue) -> Option<Option<Json>> {
        let shape = self.scope.attributes.shape(target.known);
        match value {
            FixtureValue::None => Some(None),
            FixtureValue::Elements(elements) => {
                if target.leaf.is_some() || !shape.complex {
                    let message = format!("`{}` is a plain value without parts", self.path.node);
                    self.report.push(
                        Diagnostic::new(Code::T203, self.path.span, message)
                            .help("write its value without brackets"),
                    );
                    return None;
                }
                let list: Vec<Json> =
                    elements.iter().filter_map(|e| self.element(target.known, e)).collect();
                (list.len() == elements.len()).then(|| Some(one_or_list(list, shape.multi_valued)))
            }
            FixtureValue::Values(literals) => {
                let about = self.scope.attributes.value(target, self.path, self.report)?;
                let sub = self.scope.attributes.leaf_name(about.known, about.leaf).to_owned();
                // A whole complex attribute written as a plain value, or one part of a list.
                let wrap = shape.complex && (target.leaf.is_none() || shape.multi_valued);
                let mut list = Vec::with_capacity(literals.len());
                for literal in literals {
                    let plain = self.plain(literal, &about)?;
                    list.push(if wrap { object(&sub, plain) } else { plain });
                }
                Some(Some(one_or_list(list, shape.multi_valued)))
            }
        }
    }

    fn element(&mut self, known: KnownId, parts: &[(Path, Spanned<Literal>)]) -> Option<Json> {
        let mut map = Map::new();
        for (path, literal) in parts {
            let target = self.scope.attributes.within(known, path, self.report)?;
            let about = self.scope.attributes.value(target, path, self.report)?;
            let plain = self.plain(literal, &about)?;
            let name = self.scope.attributes.leaf_name(about.known, about.leaf);
            map.insert(name.to_owned(), plain);
        }
        Some(Json::Object(map))
    }

    fn plain(&mut self, literal: &Spanned<Literal>, about: &Value) -> Option<Json> {
        let json = match &literal.node {
            Literal::Text(text) => Json::from(text.as_str()),
            Literal::Flag(flag) => Json::from(*flag),
            Literal::Null => Json::Null,
            Literal::Number(number) => match serde_json::from_str(number) {
                Ok(number) => number,
                Err(_) => {
                    let message = format!("`{number}` is out of the range of numbers");
                    self.report.push(Diagnostic::new(Code::T201, literal.span, message));
                    return None;
                }
            },
            Literal::Regex(pattern) => {
                let message = format!("`/{pattern}/` is a pattern, and people have values");
                self.report.push(
                    Diagnostic::new(Code::T201, literal.span, message)
                        .help(format!("write {}", literals::quoted(pattern))),
                );
                return None;
            }
        };
        self.values.push(GivenValue {
            attribute: about.display.clone(),
            literal: literal.clone(),
            kind: about.kind,
            declared: about.declared.as_ref().map(|declared| declared.values.clone()),
        });
        Some(json)
    }
}

fn one_or_list(mut list: Vec<Json>, multi_valued: bool) -> Json {
    if list.len() == 1 && !multi_valued {
        return list.pop().unwrap_or(Json::Null);
    }
    Json::Array(list)
}

fn object(name: &str, value: Json) -> Json {
    let mut map = Map::new();
    map.insert(name.to_owned(), value);
    Json::Object(map)
}

fn count(value: &FixtureValue) -> usize {
    match value {
        FixtureValue::None => 0,
        FixtureValue::Values(list) => list.len(),
        FixtureValue::Elements(list) => list.len(),
    }
}

fn group(group: &FixtureGroup) -> GivenGroup {
    GivenGroup {
        name: group.name.node.clone(),
        id: group.id.as_ref().map(|id| id.node.clone()),
        external_id: group.external_id.as_ref().map(|id| id.node.clone()),
        direct: !group.indirectly,
        formerly: group.formerly.as_ref().map(|name| name.node.clone()),
        span: group.name.span,
    }
}

fn groups_as_attribute(path: &Path) -> Diagnostic {
    let message = format!("a person's groups are given by name, not by `{}`", path.node);
    Diagnostic::new(Code::T203, path.span, message).help("write `groups \"Sales\" id \"g-17\"`")
}

/// Ends `like` chains that go round (P008) or are too long (P007), so that walking them ends.
fn cut_chains(parents: &mut [Option<usize>], list: &[Spanned<&Fixture>], report: &mut Report) {
    let edges: Vec<Vec<u32>> = parents
        .iter()
        .map(|parent| parent.and_then(|p| u32::try_from(p).ok()).into_iter().collect())
        .collect();
    for cycle in cycles::find(&edges) {
        let members = cycle.iter().filter_map(|number| list.get(*number as usize));
        let Some(first) = members.clone().next() else { continue };
        let message = format!("user `{}` is like itself", first.id.node);
        let span = first.like.as_ref().map_or(first.id.span, |like| like.span);
        let mut finding = Diagnostic::new(Code::P008, span, message);
        for other in members.skip(1).take(6) {
            finding =
                finding.related(other.id.span, format!("`{}` is in the circle", other.id.node));
        }
        report.enter(format!("user {}", first.id.node));
        report.push(finding.help("write the lines out in one of them, and remove its `like`"));
    }
    cycles::cut(parents);
    let mut depths = vec![0_usize; parents.len()];
    for node in cycles::parents_first(parents) {
        let parent = parents.get(node).copied().flatten();
        let depth = parent.and_then(|parent| depths.get(parent)).map_or(0, |depth| depth + 1);
        if depth > limits::NESTING {
            if let (Some(fixture), Some(parent)) = (list.get(node), parents.get_mut(node)) {
                *parent = None;
                report.enter(format!("user {}", fixture.id.node));
                report.push(too_long(fixture.id.span));
            }
        } else if let Some(slot) = depths.get_mut(node) {
            *slot = depth;
        }
    }
}

fn too_long(span: Span) -> Diagnostic {
    let message = format!("`like` leads through more than {} people", limits::NESTING);
    Diagnostic::new(Code::P007, span, message).help("write some of the lines out")
}

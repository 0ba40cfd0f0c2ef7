//! What a simple regular expression says, if it says something simple.

/// Values that a list in words may have before the expression is the shorter way to say it.
const VALUES: usize = 12;
/// Nesting of parentheses that is still simple.
const DEPTH: usize = 4;

/// What a regular expression over the whole value says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Plain {
    /// `.*`
    Anything,
    /// `abc`, `[1-3]`, `north|south`: the value is one of these.
    OneOf(Vec<String>),
    /// `abc.*`
    Start(String),
    /// `.*abc`
    End(String),
    /// `.*abc.*`
    Within(String),
}

/// What a regular expression over the whole value says; `None` if it needs being one.
pub(super) fn plain(pattern: &str) -> Option<Plain> {
    let pattern = pattern.strip_prefix('^').or(pattern.strip_prefix(r"\A")).unwrap_or(pattern);
    let pattern = match pattern.strip_suffix('$') {
        Some(rest) if !rest.ends_with('\\') => rest,
        _ => pattern.strip_suffix(r"\z").unwrap_or(pattern),
    };
    let (before, rest) = match pattern.strip_prefix(".*") {
        Some(rest) => (true, rest),
        None => (false, pattern),
    };
    let (after, middle) = match rest.strip_suffix(".*") {
        Some(middle) if !middle.ends_with('\\') => (true, middle),
        _ => (false, rest),
    };
    if before && middle.is_empty() {
        return Some(Plain::Anything);
    }
    if after && middle.is_empty() {
        return Some(Plain::Anything);
    }
    let mut reader = Reader { rest: middle.chars().collect(), at: 0, depth: 0 };
    let mut values = reader.alternatives()?;
    if reader.peek().is_some() || values.iter().any(String::is_empty) {
        return None;
    }
    let mut seen = std::collections::HashSet::new();
    values.retain(|value| seen.insert(value.clone()));
    match (before, after, values.as_slice()) {
        (false, false, _) => Some(Plain::OneOf(values)),
        (true, true, [text]) => Some(Plain::Within(text.clone())),
        (true, false, [text]) => Some(Plain::End(text.clone())),
        (false, true, [text]) => Some(Plain::Start(text.clone())),
        _ => None,
    }
}

struct Reader {
    rest: Vec<char>,
    at: usize,
    depth: usize,
}

impl Reader {
    fn peek(&self) -> Option<char> {
        self.rest.get(self.at).copied()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += 1;
        Some(next)
    }

    fn eat(&mut self, wanted: char) -> bool {
        let there = self.peek() == Some(wanted);
        self.at += usize::from(there);
        there
    }

    /// `a|b|c`: every text that it matches.
    fn alternatives(&mut self) -> Option<Vec<String>> {
        let mut all = self.sequence()?;
        while self.eat('|') {
            all.append(&mut self.sequence()?);
        }
        (all.len() <= VALUES).then_some(all)
    }

    fn sequence(&mut self) -> Option<Vec<String>> {
        let mut texts = vec![String::new()];
        while !matches!(self.peek(), None | Some('|' | ')')) {
            let mut parts = self.part()?;
            if self.eat('?') {
                parts.push(String::new());
            }
            if matches!(self.peek(), Some('*' | '+' | '?' | '{')) {
                return None;
            }
            if texts.len() * parts.len() > VALUES {
                return None;
            }
            texts = texts
                .iter()
                .flat_map(|text| parts.iter().map(move |part| format!("{text}{part}")))
                .collect();
        }
        Some(texts)
    }

    fn part(&mut self) -> Option<Vec<String>> {
        match self.next()? {
            '.' | '^' | '$' | '*' | '+' | '?' | '{' | '}' | ']' => None,
            '\\' => self.escaped().map(|c| vec![c.to_string()]),
            '[' => self.class(),
            '(' => {
                self.depth += 1;
                if self.depth > DEPTH || (self.eat('?') && !self.eat(':')) {
                    return None;
                }
                let texts = self.alternatives()?;
                self.depth -= 1;
                self.eat(')').then_some(texts)
            }
            c => Some(vec![c.to_string()]),
        }
    }

    /// Behind `\`: only marks stand for themselves.
    fn escaped(&mut self) -> Option<char> {
        self.next().filter(|c| c.is_ascii_punctuation() && !matches!(c, '<' | '>'))
    }

    fn class(&mut self) -> Option<Vec<String>> {
        let mut chars = Vec::new();
        loop {
            let first = match self.next()? {
                ']' if !chars.is_empty() => return Some(chars),
                ']' | '^' | '[' | '&' | '~' => return None,
                '\\' => self.escaped()?,
                c => c,
            };
            let last = if self.eat('-') {
                match self.next()? {
                    ']' | '[' => return None,
                    '\\' => self.escaped()?,
                    c => c,
                }
            } else {
                first
            };
            for c in (first..=last).take(VALUES + 1) {
                chars.push(c.to_string());
            }
            if chars.len() > VALUES {
                return None;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Plain, plain};

    fn check(pattern: &str, expected: Option<Plain>) {
        assert_eq!(plain(pattern), expected, "{pattern}");
    }

    fn one_of(values: &[&str]) -> Option<Plain> {
        Some(Plain::OneOf(values.iter().map(|value| (*value).to_owned()).collect()))
    }

    #[test]
    fn literals_starts_ends_and_short_lists_are_plain() {
        check("Manager", one_of(&["Manager"]));
        check("^Manager$", one_of(&["Manager"]));
        check(r"a\.b@acme\.com", one_of(&["a.b@acme.com"]));
        check("Account.*", Some(Plain::Start("Account".into())));
        check(".*Manager", Some(Plain::End("Manager".into())));
        check(r".*@acme\.com$", Some(Plain::End("@acme.com".into())));
        check(".*Sales.*", Some(Plain::Within("Sales".into())));
        check(".*", Some(Plain::Anything));
        check("north|south", one_of(&["north", "south"]));
        check("(?:DE|AT|CH)", one_of(&["DE", "AT", "CH"]));
    }

    #[test]
    fn short_ranges_are_lists() {
        check("[1-5]", one_of(&["1", "2", "3", "4", "5"]));
        check("L[4-6]", one_of(&["L4", "L5", "L6"]));
        check("1[0-2]|9", one_of(&["10", "11", "12", "9"]));
    }

    #[test]
    fn what_words_cannot_say_stays_a_regular_expression() {
        for pattern in [
            "R[0-9]{4}",
            "[0-9]+",
            "a.c",
            r"\d",
            "(?i)abc",
            "[^a]",
            "a+",
            "(a|b).*",
            "",
            "a(",
            "[a",
            "a|",
            "x*",
            r"a\",
            "[[:alpha:]]",
            "((((((a))))))",
            "[a-z]",
            "a.*b",
        ] {
            check(pattern, None);
        }
    }
}

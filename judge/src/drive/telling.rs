//! The line of what a command said that says why it failed.

/// That line: the last one; of a stack trace of Node, which ends with frames and a version, the
/// one with the error and its cause.
pub(super) fn telling(said: &str) -> String {
    let says = |line: &&str| line.chars().any(char::is_alphanumeric);
    let lines: Vec<&str> = said.lines().map(str::trim_end).filter(says).collect();
    let Some(last) = lines.last() else { return String::new() };
    if !last.starts_with("Node.js v") && !last.starts_with(char::is_whitespace) {
        return (*last).to_owned();
    }
    let error = lines.iter().rposition(|line| is_error(line));
    let Some(place) = error else { return last.trim().to_owned() };
    let causes = lines.iter().skip(place).filter_map(|line| line.trim().strip_prefix("[cause]: "));
    // The first cause leads to the others.
    let cause = causes.map(|cause| cause.trim_end_matches(" {")).next();
    let line = lines.get(place).map_or("", |line| line.trim_end_matches(" {"));
    cause.map_or_else(|| line.to_owned(), |cause| format!("{line} ({cause})"))
}

/// `TypeError: fetch failed`, with nothing before it.
fn is_error(line: &str) -> bool {
    let name = line.split([':', ' ']).next().unwrap_or_default();
    let name = name.trim_start_matches('[');
    name.ends_with("Error") || name.ends_with("Exception")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stack_trace_is_told_by_its_error() {
        let python = "Traceback (most recent call last):\n  File \"a.py\", line 1, in <module>\n    \
            raise x\nurllib.error.HTTPError: HTTP Error 401: Unauthorized\n";
        assert_eq!(telling(python), "urllib.error.HTTPError: HTTP Error 401: Unauthorized");
        let node = "node:internal/deps/undici:1\n      Error.captureStackTrace(err);\n            ^\n\n\
            TypeError: fetch failed\n    at node:internal/deps:1:2\n    at async a.mjs:3:4 {\n  \
            [cause]: Error: connect ECONNREFUSED 127.0.0.1:1\n      at b {\n    errno: -111\n  }\n}\n\n\
            Node.js v20.1.0\n";
        assert_eq!(
            telling(node),
            "TypeError: fetch failed (Error: connect ECONNREFUSED 127.0.0.1:1)"
        );
        let logged = "Error: 401 Unauthorized\n    at push (a.mjs:3:4)\n";
        assert_eq!(telling(logged), "Error: 401 Unauthorized");
        assert_eq!((telling("one\ntwo\n---\n"), telling("\n")), ("two".into(), String::new()));
    }
}

//! The line for curl means to a shell what was sent.

use std::process::Command;

use provisor_conformance::report::{Body, Request};

#[test]
fn a_shell_reads_the_words_that_were_sent() {
    for text in [
        "plain",
        "it's \"quoted\" and 'quoted'",
        "$HOME `id` $(id) \\ ! #",
        "two\nlines\tand\r\na tab",
        "@file",
        "\u{1b}[31mred\u{7} 'and' \u{9b}C1",
        "\u{202e}turned\u{2066}",
        "äöü 🦀",
        "a=b&c=[1-3]{x,y}",
    ] {
        let request = Request {
            method: "POST".to_owned(),
            url: format!("http://h/Users?x={text}"),
            headers: vec![("x-said".to_owned(), text.to_owned())],
            body: Body::of(text.as_bytes()),
            credential: None,
            received: false,
        };
        let line = request.curl();
        assert!(!line.contains(|c: char| c.is_control()), "it can be pasted: {line:?}");
        let words = line.strip_prefix("curl ").unwrap();
        let output = Command::new("bash")
            .args(["-c", &format!("printf '%s\\0' {words}")])
            .env("LC_ALL", "C")
            .output()
            .unwrap();
        let output = String::from_utf8(output.stdout).unwrap();
        let words: Vec<&str> = output.split('\0').collect();
        let has = |word: &str| words.contains(&word);
        assert!(has(text), "the body of {line}: {words:?}");
        assert!(has(&format!("x-said: {text}")), "the header of {line}: {words:?}");
        assert!(has(&request.url), "the address of {line}: {words:?}");
    }
}

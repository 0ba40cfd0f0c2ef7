//! The HTML page in a real browser, by the WebDriver protocol (W3C) to chromedriver.
//!
//! Ignored unless asked for, since it needs chromium: `scripts/check` asks where it is there.
//! `PROVISOR_SHOTS=FOLDER` keeps pictures.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use provisor_conformance::report::text::Look;
use provisor_conformance::report::{Format, Redacted};
use serde_json::{Value, json};

use super::{fixture, hostile};

/// How long one command may take.
const PATIENCE: Duration = Duration::from_secs(30);
const PHONE: u32 = 360;
const DESK: u32 = 1280;

/// A browser with one page. It ends with the value.
struct Browser {
    driver: Child,
    port: u16,
    session: String,
    file: PathBuf,
}

impl Browser {
    fn open(report: &Redacted, name: &str, width: u32, dark: bool) -> Self {
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver is there: apt-get install chromium chromium-driver");
        let mut lines = BufReader::new(driver.stdout.take().unwrap()).lines();
        let port = lines.by_ref().map_while(Result::ok).find_map(|line| {
            let (_, port) = line.split_once("successfully on port ")?;
            port.trim_end_matches('.').parse().ok()
        });
        // What it says later is nobody's to read, but must go somewhere.
        std::thread::spawn(move || lines.for_each(drop));
        let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
            .join(format!("report-{name}-{width}-{}.html", std::process::id()));
        fs::write(&file, Format::Html.render(report, Look::plain())).unwrap();
        let mut browser =
            Self { driver, port: port.expect("its port"), session: String::new(), file };
        let opened = browser.ask("POST", "/session", &json!({ "capabilities": { "alwaysMatch": {
            "browserName": "chrome",
            "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
            "goog:chromeOptions": {
                "args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                    "--no-first-run", "--disable-background-networking"],
            },
        } } }));
        browser.session = format!("/session/{}", opened["sessionId"].as_str().unwrap());
        browser.devtools(
            "Emulation.setDeviceMetricsOverride",
            &json!({
                "width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 600,
            }),
        );
        let scheme = if dark { "dark" } else { "light" };
        let feature = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        browser.devtools("Emulation.setEmulatedMedia", &feature);
        let url = format!("file://{}", browser.file.display());
        browser.command("/url", &json!({ "url": url }));
        browser
    }

    /// One request to the driver on a connection of its own; the value of its answer.
    fn ask(&self, method: &str, path: &str, body: &Value) -> Value {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let body = body.to_string();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.port,
            body.len()
        )
        .unwrap();
        let mut reader = BufReader::new(stream);
        let (mut length, mut line) = (0, String::new());
        while reader.read_line(&mut line).unwrap() > 2 {
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse().unwrap();
            }
            line.clear();
        }
        let mut bytes = vec![0; length];
        reader.read_exact(&mut bytes).unwrap();
        let answer: Value = serde_json::from_slice(&bytes).unwrap();
        let value = answer["value"].clone();
        assert!(value.get("error").is_none(), "{method} {path}: {value:#}");
        value
    }

    fn command(&self, path: &str, body: &Value) -> Value {
        self.ask("POST", &format!("{}{path}", self.session), body)
    }

    fn devtools(&self, name: &str, parameters: &Value) -> Value {
        self.command("/goog/cdp/execute", &json!({ "cmd": name, "params": parameters }))
    }

    /// What a script of ours gives; it may be a promise.
    fn eval(&self, script: &str) -> Value {
        self.command("/execute/sync", &json!({ "script": format!("return {script}"), "args": [] }))
    }

    fn number(&self, script: &str) -> i64 {
        self.eval(script).as_i64().unwrap_or_else(|| panic!("{script} is no number"))
    }

    fn log(&self, kind: &str) -> Vec<Value> {
        self.command("/se/log", &json!({ "type": kind })).as_array().unwrap().clone()
    }

    /// Nothing was complained of, and nothing but the page itself was loaded.
    fn was_quiet(&self) {
        let complaints = self.log("browser");
        assert!(complaints.is_empty(), "the console says {complaints:#?}");
        let page = format!("file://{}", self.file.display());
        let mut loaded = 0;
        for entry in self.log("performance") {
            let message: Value = serde_json::from_str(entry["message"].as_str().unwrap()).unwrap();
            if message["message"]["method"] == "Network.requestWillBeSent" {
                let url = message["message"]["params"]["request"]["url"].as_str().unwrap();
                let itself = url.split('#').next() == Some(page.as_str());
                assert!(itself || url == "data:,", "it asks for {url}");
                loaded += usize::from(itself);
            }
        }
        assert!(loaded > 0, "the log shows the page itself");
    }

    fn picture(&self, name: &str) {
        let Ok(folder) = std::env::var("PROVISOR_SHOTS") else { return };
        let size = self.devtools("Page.getLayoutMetrics", &json!({}))["cssContentSize"].clone();
        let clip = json!({ "x": 0, "y": 0, "width": size["width"], "scale": 1,
            "height": size["height"].as_f64().unwrap().min(6000.0) });
        let shot = json!({ "format": "png", "captureBeyondViewport": true, "clip": clip });
        let shot = self.devtools("Page.captureScreenshot", &shot);
        let bytes = STANDARD.decode(shot["data"].as_str().unwrap()).unwrap();
        fs::write(PathBuf::from(folder).join(name), bytes).unwrap();
    }

    /// Whether nothing is wider than the window.
    fn fits(&self) -> bool {
        self.number("document.documentElement.scrollWidth - innerWidth") <= 0
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The driver ends the browser that it started.
        if !self.session.is_empty() {
            let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                self.ask("DELETE", &self.session, &json!({}))
            }));
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
        let _ = fs::remove_file(&self.file);
    }
}

const VISIBLE: &str = "[...document.querySelectorAll('.entry:not([hidden])')].map(one => one.id)";

#[test]
#[ignore = "needs chromium; scripts/check runs it where that is there"]
fn a_phone_shows_everything_without_scrolling_sideways() {
    let browser = Browser::open(&fixture::report(), "phone", PHONE, false);
    assert_eq!(browser.number("innerWidth"), i64::from(PHONE));
    assert!(browser.fits(), "as it opens");
    browser.picture("phone.png");
    browser.eval("document.querySelectorAll('details').forEach(one => one.open = true)");
    assert!(browser.fits(), "with everything open");
    browser.picture("phone-open.png");
    let small = "[...document.querySelectorAll('button, .pill')].filter(one => \
        one.offsetParent && one.getBoundingClientRect().height < 24).length";
    assert_eq!(browser.number(small), 0, "a finger hits every button (WCAG 2.2, 2.5.8)");
    browser.was_quiet();
}

#[test]
#[ignore = "needs chromium; scripts/check runs it where that is there"]
fn hostile_answers_run_nothing_and_break_nothing() {
    let long = "x".repeat(5000);
    let text = format!(
        "</script></pre></details><script>document.title='broken in'</script>\
         <img src=x onerror=\"document.title='broken in'\"><style>*{{display:none}}</style>{long}"
    );
    let browser = Browser::open(&hostile::says(&text), "hostile", PHONE, false);
    browser.eval("document.querySelectorAll('details').forEach(one => one.open = true)");
    assert!(browser.eval("document.title").as_str().unwrap().starts_with("SCIM conformance"));
    assert_eq!(browser.number("document.querySelectorAll('img').length"), 0);
    assert_eq!(browser.number("document.scripts.length"), 1);
    assert_eq!(browser.number("document.querySelectorAll('.entry').length"), 3);
    assert!(browser.fits());
    browser.was_quiet();
}

#[test]
#[ignore = "needs chromium; scripts/check runs it where that is there"]
fn filters_show_what_fits() {
    let browser = Browser::open(&fixture::report(), "filters", DESK, false);
    browser.picture("desk.png");
    let all = browser.number("document.querySelectorAll('.entry').length");
    let choose = |script: &str| {
        browser.eval(&format!(
            "(() => {{ const form = document.getElementById('filters'); {script}; \
             form.dispatchEvent(new Event('input')); }})()"
        ));
        browser.eval(VISIBLE)
    };
    let box_of = |verdict: &str| format!("form.querySelector('[value={verdict}]').click()");
    assert_eq!(
        choose(&box_of("fail")),
        json!(["rfc7644/3.3-create/group", "rfc7644/3.3-create/password-is-never-shown"])
    );
    assert_eq!(
        browser.eval("document.getElementById('shown').textContent"),
        format!("2 of {all} fit")
    );
    choose(&box_of("fail"));
    assert_eq!(choose(&box_of("waived")), json!(["rfc7644/3.5.1-replace/answer"]));
    let seen = "document.getElementById('rfc7644/3.5.1-replace/answer').closest('.group').open";
    assert_eq!(browser.eval(seen), true, "its group opens");
    choose(&box_of("waived"));
    assert_eq!(
        choose("form.elements.section.value = 'RFC 7643'").as_array().unwrap().len(),
        2,
        "all sections of an RFC"
    );
    assert_eq!(
        choose("form.elements.section.value = 'RFC 7644, 3.7'"),
        json!(["rfc7644/3.7-bulk/answers-in-order"])
    );
    choose("form.elements.section.value = ''");
    assert_eq!(
        choose("form.elements.text.value = 'RELATION groups'"),
        json!(["rfc7644/3.3-create/group"]),
        "words of the answer, in any case"
    );
    choose("form.elements.text.value = 'no such word'");
    assert_eq!(browser.eval("document.getElementById('none').hidden"), false);
    browser.eval("document.querySelector('#filters [type=reset]').click()");
    std::thread::sleep(Duration::from_millis(50));
    assert_eq!(browser.eval(VISIBLE).as_array().unwrap().len(), usize::try_from(all).unwrap());
    browser.was_quiet();
}

#[test]
#[ignore = "needs chromium; scripts/check runs it where that is there"]
fn the_line_for_curl_is_copied_as_it_is() {
    let report = fixture::report();
    let browser = Browser::open(&report, "copy", DESK, true);
    browser.eval("document.querySelectorAll('details').forEach(one => one.open = true)");
    browser.picture("desk-dark.png");
    let origin = json!({ "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"] });
    browser.devtools("Browser.grantPermissions", &origin);
    let within = "document.getElementById('rfc7644/3.3-create/group')";
    browser.eval(&format!("{within}.querySelector('.copy').click()"));
    let said = format!(
        "new Promise(done => setTimeout(() => done({within}.querySelector('.copy').textContent), 300))"
    );
    assert_eq!(browser.eval(&said), "Copied");
    let line = browser.eval("navigator.clipboard.readText()");
    let wanted =
        report.entry("rfc7644/3.3-create/group").unwrap().findings[0].exchanges[0].request.curl();
    assert_eq!(line, wanted);
    browser.was_quiet();
}

#[test]
#[ignore = "needs chromium; scripts/check runs it where that is there"]
fn a_link_to_an_entry_opens_it_and_the_page_is_whole_without_scripts() {
    let browser = Browser::open(&fixture::report(), "link", DESK, false);
    let entry = "document.getElementById('rfc7644/3.3-create/minimal')";
    assert_eq!(browser.eval(&format!("{entry}.closest('.group').open")), false, "at first");
    browser.eval("location.hash = '#rfc7644/3.3-create/minimal'");
    let open = format!("new Promise(done => setTimeout(() => done({entry}.open), 100))");
    assert_eq!(browser.eval(&open), true);

    browser.devtools("Emulation.setScriptExecutionDisabled", &json!({ "value": true }));
    let url = format!("file://{}", browser.file.display());
    browser.command("/url", &json!({ "url": url }));
    browser.devtools("Emulation.setScriptExecutionDisabled", &json!({ "value": false }));
    assert_eq!(browser.eval("document.getElementById('filters').offsetParent === null"), true);
    let shown = "[...document.querySelectorAll('.group[open] .entry')].length";
    assert!(browser.number(shown) >= 4, "findings are there");
    browser.was_quiet();
}

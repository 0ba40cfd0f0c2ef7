//! Verdicts that must not be false, and mistakes that must not hide behind others.

use std::time::Duration;

use provisor_conformance::report::{Report, Verdict};
use provisor_judge::action::{Kind, plan};
use provisor_judge::contract;
use provisor_judge::drive::{Acted, Acting, Details, Guided, Source};
use provisor_judge::judgement::Level;
use provisor_judge::misbehave::Misbehaviour;
use provisor_judge::provider::{Options, Provider};
use provisor_judge::report::report;
use provisor_judge::run::{Outcome, Patience, run};
use tokio::sync::mpsc;

use crate::pusher::Pusher;
use crate::wire::{Line, request, send};

struct Trial {
    contract: &'static str,
    misbehaviours: Vec<&'static Misbehaviour>,
    tls: bool,
    wanted: fn(Kind) -> bool,
}

fn trial(misbehaviours: &[&str]) -> Trial {
    let misbehaviours = misbehaviours.iter().map(|id| Misbehaviour::find(id).unwrap()).collect();
    Trial { contract: "rfc7644", misbehaviours, tls: false, wanted: |_| false }
}

fn every() -> Trial {
    Trial { wanted: |_| true, ..trial(&[]) }
}

impl Trial {
    async fn of(self, source: &mut dyn Source) -> (Outcome, Report) {
        let contract = contract::built_in(self.contract).unwrap();
        let options = Options {
            port: 0,
            contract: contract.clone(),
            tls: self.tls,
            ca_file: None,
            token_lifetime: None,
        };
        let provider = Provider::start(options).await.unwrap();
        let details = Details {
            base_url: provider.base_url(),
            token: provider.token().map(str::to_owned),
            contract: self.contract.to_owned(),
            user_agent: contract.requests.user_agent.clone(),
            ..Details::default()
        };
        let steps = plan(self.wanted, &self.misbehaviours, 0);
        let patience = Patience { quiet: Duration::from_secs(2), ..Patience::default() };
        let outcome = run(&provider, &details, steps, source, patience, None, |_| {}).await;
        provider.stop().await;
        let report = report(&outcome, &details, &contract, &self.misbehaviours);
        (outcome, report)
    }
}

fn failures(outcome: &Outcome) -> Vec<&'static str> {
    let failed = outcome.log.findings.iter().filter(|one| one.rule.level == Level::Must);
    let mut ids: Vec<&str> = failed.map(|one| one.rule.id).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

fn verdict(report: &Report, id: &str) -> Verdict {
    report.entry(id).unwrap().verdict
}

#[tokio::test]
async fn a_correct_source_fails_nothing() {
    let (outcome, report) = every().of(&mut Pusher::default()).await;
    assert!(failures(&outcome).is_empty(), "{:?}", outcome.log.findings);
    assert!(outcome.steps.iter().all(|step| step.arrived));
    assert!(report.entries.iter().all(|entry| entry.verdict != Verdict::Blocked));
}

#[tokio::test]
async fn who_does_nothing_passes_nothing() {
    let idle = &mut Pusher { only: Some(&[]), ..Pusher::default() };
    let (outcome, report) = every().of(idle).await;
    let passed = report.entries.iter().filter(|entry| entry.verdict == Verdict::Pass);
    let passed: Vec<&str> = passed.map(|entry| entry.id.as_str()).collect();
    assert!(passed.is_empty(), "{passed:?}");
    assert!(outcome.steps.iter().all(|step| !step.arrived));
    // One fault, and what follows from it.
    assert_eq!(verdict(&report, "action/create-user"), Verdict::Fail);
    for id in ["action/update-user", "action/delete-group", "action/delete-user"] {
        assert_eq!(verdict(&report, id), Verdict::Blocked, "{id}");
    }
    let update = report.entry("action/update-user").unwrap();
    assert!(update.blocked_by.as_ref().unwrap().starts_with("step 2, create-user Ann Lee"));
    // The step that began it is named, not one that is blocked itself.
    let blamed: Vec<Option<usize>> = outcome.steps.iter().map(|step| step.blocked).collect();
    assert_eq!(blamed[8..12], [Some(2), Some(2), None, Some(11)]);
    assert_eq!(blamed[14], Some(11));
}

#[tokio::test]
async fn what_was_never_taken_away_cannot_come_back() {
    let only = Some([Kind::CreateUser].as_slice());
    let (_, report) = every().of(&mut Pusher { only, ..Pusher::default() }).await;
    assert_eq!(verdict(&report, "action/create-user"), Verdict::Pass);
    assert_eq!(verdict(&report, "action/deactivate-user"), Verdict::Fail);
    assert_eq!(verdict(&report, "action/reactivate-user"), Verdict::Blocked);
    for id in ["patch/remove-by-value", "hygiene/whole-membership"] {
        assert_eq!(verdict(&report, id), Verdict::NotExercised, "{id}");
    }
}

#[tokio::test]
async fn one_fault_does_not_hide_the_others() {
    let wrong = &mut Pusher { deletes: true, url_token: true, by_value: true, ..Pusher::default() };
    let (outcome, _) = every().of(wrong).await;
    assert_eq!(
        failures(&outcome),
        ["action/deactivate-user", "auth/not-in-url", "patch/remove-by-value"]
    );
}

#[tokio::test]
async fn who_found_what_the_judge_put_there_has_no_excuse_afterwards() {
    // It makes nobody, changes whom it finds, and deactivates nobody.
    let only = Some([Kind::UpdateUser, Kind::ChangeEmail].as_slice());
    let (outcome, report) = every().of(&mut Pusher { only, ..Pusher::default() }).await;
    assert_eq!(verdict(&report, "action/create-user"), Verdict::Fail);
    assert_eq!(verdict(&report, "action/update-user"), Verdict::Pass);
    assert_eq!(verdict(&report, "action/deactivate-user"), Verdict::Fail);
    assert_eq!(outcome.steps[8].blocked, None);
    // Whom it never found is another matter.
    assert_eq!(outcome.steps[4].blocked, Some(3));
    assert_eq!(outcome.steps[9].blocked, Some(9));
}

#[tokio::test]
async fn a_group_is_not_blocked_by_what_it_does_not_stand_on() {
    // It deactivates nobody, so the judge does; and then it adds nobody to a group.
    let only = Some([Kind::CreateUser, Kind::CreateGroup].as_slice());
    let (outcome, report) = every().of(&mut Pusher { only, ..Pusher::default() }).await;
    assert_eq!(verdict(&report, "action/deactivate-user"), Verdict::Fail);
    assert_eq!(outcome.steps[11].blocked, None);
    assert_eq!(verdict(&report, "action/add-members"), Verdict::Fail);
    // Of which nothing was sent is told in the same words, whatever comes of it.
    for step in outcome.steps.iter().filter(|step| !step.arrived) {
        let words = step.words(&outcome.log);
        assert!(words.ends_with(": the source sent nothing"), "{words}");
    }
}

#[tokio::test]
async fn what_did_not_arrive_has_a_finding_though_the_bad_answer_never_came() {
    let only = Some([Kind::CreateUser].as_slice());
    let (outcome, report) =
        trial(&["patch-too-large"]).of(&mut Pusher { only, ..Pusher::default() }).await;
    let last = outcome.steps.last().unwrap();
    assert!(!last.arrived && !last.came_up);
    assert_eq!(verdict(&report, "action/create-group"), Verdict::Fail);
    assert_eq!(verdict(&report, "action/add-members"), Verdict::Blocked);
}

#[tokio::test]
async fn somebody_whom_the_judge_made_and_moved_can_be_found() {
    let only = Some([Kind::UpdateUser].as_slice());
    let stale = &mut Pusher { only, stale: true, ..Pusher::default() };
    let (outcome, report) = trial(&["moved-id"]).of(stale).await;
    let step = &outcome.steps[3];
    assert!(!step.arrived && step.came_up);
    assert_eq!(step.blocked, None, "it tried");
    assert_eq!(verdict(&report, "reaction/finds-anew"), Verdict::Fail);
}

#[tokio::test]
async fn a_step_in_which_nothing_arrives_is_in_the_report_whole_and_once() {
    let once = &mut Pusher { once: true, ..Pusher::default() };
    let (outcome, report) = trial(&["throttled-seconds"]).of(once).await;
    assert!(!outcome.steps[3].arrived);
    let of_step: Vec<&str> = outcome
        .exchanges
        .iter()
        .filter(|one| one.step == 4)
        .map(|one| one.request.method.as_str())
        .collect();
    assert_eq!(of_step, ["GET", "POST"]);
    let kept = report.entries.iter().flat_map(|entry| &entry.exchanges);
    let kept: Vec<&str> = kept.map(|one| one.request.method.as_str()).collect();
    assert_eq!(kept, of_step);
}

/// A source whose command for changes is not there.
struct Halved(Pusher);

impl Source for Halved {
    fn act<'a>(
        &'a mut self,
        step: &'a provisor_judge::action::Step,
        details: &'a Details,
        again: bool,
    ) -> Acting<'a> {
        if step.kind == Kind::UpdateUser {
            let why = "`./change` ended with exit status: 127: not found".to_owned();
            return Box::pin(async { Acted::Unable(why) });
        }
        self.0.act(step, details, again)
    }
}

#[tokio::test]
async fn a_command_that_could_not_run_shows_nothing_and_is_told() {
    let every = Trial { wanted: |_| true, ..trial(&["unavailable"]) };
    let (outcome, report) = every.of(&mut Halved(Pusher::default())).await;
    assert!(failures(&outcome).is_empty(), "{:?}", outcome.log.findings);
    let entry = report.entry("action/update-user").unwrap();
    assert_eq!(entry.verdict, Verdict::NotExercised);
    assert_eq!(entry.reason.as_deref(), Some("the command could not run"));
    assert_eq!(verdict(&report, "reaction/comes-back"), Verdict::NotExercised);
    let told = report.interrupted.unwrap();
    assert_eq!(told, "step 4, update-user Ann Lee-Moss: the command could not run");
    assert!(report.notes.iter().any(|note| note.contains("127: not found")));
}

/// A source that keeps its connection, as most do, and looks who it is where the token ended.
#[derive(Default)]
struct Kept(Option<Line>);

impl Source for Kept {
    fn act<'a>(
        &'a mut self,
        step: &'a provisor_judge::action::Step,
        details: &'a Details,
        _again: bool,
    ) -> Acting<'a> {
        Box::pin(async move {
            if self.0.is_none() {
                self.0 = Some(Line::to(&details.base_url).await);
            }
            let body = format!(
                r#"{{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"{}"}}"#,
                step.person().unwrap().user_name
            );
            let token = details.token.as_ref().unwrap();
            let request = match step.misbehaviour {
                None => request("POST", "/scim/v2/Users", token, &body),
                Some(_) => request("GET", "/scim/v2/Me", token, ""),
            };
            match self.0.as_mut().unwrap().ask(&request).await {
                201 => Acted::Done,
                other => Acted::Failed(format!("{other}")),
            }
        })
    }
}

#[tokio::test]
async fn a_connection_that_is_kept_brings_a_misbehaviour_about() {
    let (outcome, report) = trial(&["token-expired"]).of(&mut Kept::default()).await;
    assert!(outcome.exchanges.iter().all(|one| one.connection == 1));
    assert!(outcome.steps[..3].iter().all(|step| step.arrived));
    assert!(outcome.steps[3].came_up, "{}", outcome.steps[3].words(&outcome.log));
    assert_eq!(verdict(&report, "reaction/comes-back"), Verdict::Fail);
}

/// A source that tries to connect and trusts no certificate.
struct Distrustful;

impl Source for Distrustful {
    fn act<'a>(
        &'a mut self,
        _step: &'a provisor_judge::action::Step,
        details: &'a Details,
        _again: bool,
    ) -> Acting<'a> {
        Box::pin(async move {
            // No handshake comes of it.
            send(&details.base_url, "no\r\n").await;
            Acted::Failed("certificate verify failed".to_owned())
        })
    }
}

#[tokio::test]
async fn who_takes_no_certificate_at_all_has_not_checked_one() {
    let trial = Trial { tls: true, ..trial(&["self-signed"]) };
    let (_, report) = trial.of(&mut Distrustful).await;
    let entry = report.entry("reaction/checks-certificate").unwrap();
    assert_eq!(entry.verdict, Verdict::NotExercised);
    assert!(entry.reason.as_ref().unwrap().contains("good certificate"), "{:?}", entry.reason);
}

#[tokio::test]
async fn a_creation_that_succeeded_unseen_is_followed_by_another_cycle() {
    let blind = &mut Pusher { blind: true, ..Pusher::default() };
    let (outcome, _) = trial(&["failed-after-commit"]).of(blind).await;
    assert!(failures(&outcome).contains(&"reaction/looks-again"), "{:?}", failures(&outcome));
    let (outcome, report) = trial(&["failed-after-commit"]).of(&mut Pusher::default()).await;
    assert!(failures(&outcome).is_empty(), "{:?}", outcome.log.findings);
    assert_eq!(verdict(&report, "reaction/looks-again"), Verdict::Pass);
    // What the first run said is told, whatever came of the second.
    let said = outcome.steps[3].complaint.as_ref().unwrap();
    assert_eq!(said, "POST /Users: 500; the next cycle went well");
}

#[tokio::test]
async fn what_did_not_come_up_is_said_with_its_reason() {
    let (outcome, report) =
        trial(&["not-implemented", "features-off"]).of(&mut Pusher::default()).await;
    let words: Vec<String> =
        outcome.steps[3..].iter().map(|step| step.words(&outcome.log)).collect();
    let never = "and the misbehaviour did not come up: the source never sent";
    assert_eq!(words[0], format!("arrived, {never} PATCH /Users"));
    assert_eq!(words[1], format!("arrived, {never} GET /ServiceProviderConfig"));
    let reason = |id: &str| report.entry(id).unwrap().reason.clone().unwrap();
    assert_eq!(reason("reaction/heeds-config"), "the source never sent GET /ServiceProviderConfig");
    assert_eq!(reason("reaction/few-refusals"), "the source never sent PATCH /Users");
    // The note says it as the line of the step did.
    for step in &outcome.steps[3..] {
        let note = format!("step {}, {}: {}", step.number, step.name, step.words(&outcome.log));
        assert!(report.notes.contains(&note), "{note}: {:?}", report.notes);
    }
}

#[tokio::test]
async fn nobody_is_told_to_send_what_the_directory_does_not_have() {
    let gong = Trial { contract: "gong", ..trial(&[]) };
    let (outcome, _) = gong.of(&mut Pusher::default()).await;
    let wanted = outcome.log.of("contract/wanted");
    assert!(wanted.iter().all(|one| !one.place.contains("manager")), "{wanted:?}");
}

/// What the person is asked next.
async fn next(said: &mut mpsc::UnboundedReceiver<String>) -> String {
    loop {
        let text = said.recv().await.unwrap();
        if text.contains(" of 3: ") {
            return text;
        }
    }
}

#[tokio::test]
async fn who_acts_by_hand_is_held_to_what_they_were_told() {
    let (sender, lines) = mpsc::channel(4);
    let (asked, mut said) = mpsc::unbounded_channel::<String>();
    let contract = contract::built_in("rfc7644").unwrap();
    let options = Options { port: 0, contract, tls: false, ca_file: None, token_lifetime: None };
    let provider = Provider::start(options).await.unwrap();
    let details = Details {
        base_url: provider.base_url(),
        token: provider.token().map(str::to_owned),
        ..Details::default()
    };
    let mut source = Guided::new(move |text| asked.send(text.to_owned()).unwrap(), lines, 3);
    let (token, base_url) = (details.token.clone().unwrap(), details.base_url.clone());
    let person = tokio::spawn(async move {
        let first = next(&mut said).await;
        for told in ["userName bob.ruiz@acme.example", "title Account", "department Sales"] {
            assert!(first.contains(told), "{first}");
        }
        let bob = r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],
            "userName":"bob.ruiz@acme.example","externalId":"E-bob","displayName":"Ruiz, Bob",
            "name":{"givenName":"Bob","familyName":"Ruiz"}}"#;
        send(&base_url, &request("POST", "/scim/v2/Users", &token, bob)).await;
        next(&mut said).await;
        sender.send("q".to_owned()).await.unwrap();
        said
    });
    let steps = plan(|_| false, &[], 0);
    let patience = Patience::default();
    let outcome = run(&provider, &details, steps, &mut source, patience, None, |_| {}).await;
    person.await.unwrap();
    assert!(outcome.steps[0].arrived, "{:?}", outcome.log.findings);
    assert!(outcome.log.of("action/create-user").is_empty());
    provider.stop().await;
}

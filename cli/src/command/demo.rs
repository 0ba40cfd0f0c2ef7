//! `provisor demo`: starts the server on a temporary store, pushes the example company through
//! SCIM as its identity providers would, prints who gets what, and why, and fires the conformance
//! suite at that server.

mod company;
mod conform;
mod push;
mod show;

use std::path::{Path, PathBuf};
use std::time::Instant;

use provisor::rules::build::build;
use provisor::rules::load::Memory;
use provisor_server::clock::Clock;
use provisor_server::config::Config;
use provisor_server::config::sources;
use provisor_server::run::Server;
use reqwest::Method;
use serde_json::Value;

use crate::exit::{Exit, Failure, Stop};
use crate::output::{self, Output};
use push::{Ids, Target};

/// Runs the demonstration from an empty store to an explanation; nothing of it stays.
pub fn run(output: &Output) -> Result<Exit, Stop> {
    let folder = Folder::new()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new("cannot start").why(error.to_string()))?;
    let text = runtime.block_on(play(&folder, output))?;
    output.print(&text)?;
    if !output.quiet {
        let next = "The same by hand: provisor serve --rules rules.example\n\
                    Without a server: provisor eval --rules rules.example --users … --groups …\n\
                    Start with your own rules: provisor init sales.rules";
        output.print(&format!("\n{}\n", output.out.paint(next, output::FAINT)))?;
    }
    Ok(Exit::Clean)
}

async fn play(folder: &Folder, output: &Output) -> Result<String, Failure> {
    let server = Server::start(config(folder)?, Clock::system())
        .await
        .map_err(|error| Failure::new("the server does not start").why(error.to_string()))?;
    let text = told(&server, output).await;
    server.stop().await;
    text
}

async fn told(server: &Server, output: &Output) -> Result<String, Failure> {
    let token = server.first_token().map(|token| token.expose().to_owned()).unwrap_or_default();
    let target = Target::new(server.url(), token)?;
    let begun = Instant::now();
    let (providers, groups) = (company::providers()?, company::groups()?);
    let mut text = format!(
        "A SCIM server at {}/scim/v2, on an empty store, with the rules of {}.\n\n",
        server.url(),
        company::RULES[0].0
    );
    let mut ids = Ids::new();
    for provider in &providers {
        push::people(&target, provider, &mut ids).await?;
        text.push_str(&format!(
            "{:<10} creates {:>3} people: POST /Users\n",
            provider.name,
            provider.people.len()
        ));
    }
    let managed = push::managers(&target, &providers, &ids).await?;
    text.push_str(&format!("Everybody's manager is set: {managed} × PATCH /Users/…\n"));
    let filled = push::groups(&target, &groups, &mut ids).await?;
    text.push_str(&format!(
        "{} groups are made and filled: POST /Groups, {filled} × PATCH /Groups/…\n",
        groups.len()
    ));
    let took = format!("{:.1} s", begun.elapsed().as_secs_f64());
    text.push_str(&format!("Each change was decided and stored before its answer: {took}\n\n"));

    let rules = built()?;
    let order: Vec<&str> =
        rules.model().assignments.iter().map(|rule| rule.head.name.as_str()).collect();
    let shown = show::read(&target).await?;
    text.push_str("One person of each assignment, as GET /Users shows them:\n\n");
    text.push_str(&shown.table(&order, output.out));
    text.push_str(&format!("\n{}", shown.summary(&order, output.out)));
    if let Some(id) = shown.worth_explaining() {
        let path = format!("/admin/v1/members/{id}/explanation");
        let answer = target.send(Method::GET, &path, None).await?;
        let why = answer.get("text").and_then(Value::as_str).unwrap_or_default();
        text.push_str("\nWhy one of them gets what: GET /admin/v1/members/…/explanation\n\n");
        text.push_str(why);
    }
    text.push_str(&conform::suite(&target, &server.url()).await?);
    Ok(text)
}

fn built() -> Result<provisor::decide::RuleSet, Failure> {
    let files =
        company::RULES.iter().fold(Memory::new(), |files, (name, text)| files.with(*name, *text));
    build(&files, company::RULES[0].0)
        .rules
        .ok_or_else(|| Failure::new("the example has errors").why("this should never happen"))
}

fn config(folder: &Folder) -> Result<Config, Failure> {
    for (name, text) in company::RULES {
        folder.write(name, text)?;
    }
    let schema = folder.write("schema.json", company::SCHEMA)?;
    let flag = |key: &str, value: String| (key.to_owned(), vec![value]);
    let shown = |path: &Path| path.display().to_string();
    let flags = [
        flag("listen", "127.0.0.1:0".to_owned()),
        flag("database", shown(&folder.path.join("demo.db"))),
        flag("rules", shown(&folder.path.join(company::RULES[0].0))),
        flag("schema", format!("User={}", shown(&schema))),
        flag("rate-token", "0".to_owned()),
        flag("rate-tenant", "0".to_owned()),
        flag("log-level", "error".to_owned()),
    ];
    sources::gather(&flags, |_| None, None)
        .and_then(|values| Config::of(&values))
        .map_err(|problems| Failure::new("the settings are wrong").why(problems.to_string()))
}

/// A folder that ends with the demonstration.
struct Folder {
    path: PathBuf,
}

impl Folder {
    fn new() -> Result<Self, Failure> {
        let path = std::env::temp_dir().join(format!("provisor-demo-{}", std::process::id()));
        std::fs::create_dir_all(&path).map_err(|error| unwritable(&path, &error))?;
        Ok(Self { path })
    }

    fn write(&self, name: &str, text: &str) -> Result<PathBuf, Failure> {
        let path = self.path.join(name);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(|error| unwritable(parent, &error))?;
        }
        std::fs::write(&path, text).map_err(|error| unwritable(&path, &error))?;
        Ok(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be removed is the system's to clean.
        let _ = std::fs::remove_dir_all(&self.path);
    }
}

fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(format!("cannot write {}", path.display())).why(error.to_string())
}

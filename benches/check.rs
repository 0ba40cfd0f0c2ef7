//! What it costs to read, check and compile a rules file, by its size.
//!
//! `cargo bench -p provisor --bench check`. The cost of a rule must not grow with their number:
//! criterion prints rules a second for each size.

#![allow(missing_docs, reason = "criterion makes the entry point")]

use std::fmt::Write as _;
use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use provisor::rules::build::build_text;
use provisor::rules::format::{Style, format};
use provisor::rules::source::Source;

const CATALOGUE: &str = r#"provisioning 1
seat gong "Gong"
seat engage "Engage" requires gong
profile viewer "Collaborator"
profile rep "Team member" requires seat gong
profile order viewer < rep
workspace global "Global"
workspace emea "EMEA"
capture calls "Record calls" requires seat gong
capture email "Import emails"
"#;

fn rules(count: usize) -> String {
    let mut text = CATALOGUE.to_owned();
    for n in 0..count {
        let _ = write!(
            text,
            r#"
assignment "Team {n}" {{
  match   in group "Team {n}" and department is "Department {}" and title starts with "Title {}"
  seats   gong, engage
  home    global
  workspaces {{
    global: rep
    others: none
  }}
  capture calls, email
  update  automatic
}}
"#,
            n % 40,
            n % 7,
        );
    }
    text + "\ndefault assignment \"Rest\" {\n  seats   none\n  workspaces { others: none }\n  capture none\n  update  automatic\n}\n"
}

fn check(c: &mut Criterion) {
    let mut group = c.benchmark_group("check");
    group.sample_size(10);
    for count in [20, 200, 2_000, 10_000] {
        let text = rules(count);
        assert!(build_text("bench.rules", &text).rules.is_some());
        group.throughput(Throughput::Elements(count as u64));
        group.bench_with_input(BenchmarkId::new("build", count), &text, |b, text| {
            b.iter(|| black_box(build_text("bench.rules", text)).rules.is_some());
        });
    }
    for count in [200, 2_000] {
        let source = Source::new("bench.rules", rules(count));
        group.throughput(Throughput::Elements(count as u64));
        group.bench_with_input(BenchmarkId::new("format", count), &source, |b, source| {
            b.iter(|| black_box(format(source, Style::Words)).is_ok());
        });
    }
    group.finish();
}

criterion_group!(benches, check);
criterion_main!(benches);

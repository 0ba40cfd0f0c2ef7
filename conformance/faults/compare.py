"""Compares what testers notice: the scenarios of this repository, scim2-cli and scim-sanity.

Every fault and decoy of the reference server is served in turn, and both testers of others are
fired at it, through their own commands, in one process so that Python starts once:

    python3 -m venv /tmp/compare
    /tmp/compare/bin/pip install scim2-cli scim2-tester scim-sanity
    cargo build --release -p provisor-faults
    /tmp/compare/bin/python conformance/faults/compare.py target/release/provisor-faults kept.json

It writes docs/comparison.md. What is found is kept in the file named last, if one is named, so that
it goes on there when it is started again. A number after that takes only one fault in so many. A fault is caught by a tester when one of its checks fails that does
not fail on the server without a fault; a check that fails there is a false failure, since the
server passes the RFCs' letter. Where the tester itself ends with an exception, that is counted as
an abort and not as a catch.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

from click.testing import CliRunner
from scim2_cli import cli as scim2
from scim_sanity.cli import main as sanity

ROOT = Path(__file__).resolve().parents[2]
TESTERS = ["scim2-cli", "scim-sanity"]


class Server:
    """A server with a fault or decoy, or none, that ends with the block."""

    def __init__(self, binary, fault):
        self.log = tempfile.TemporaryFile("w+")
        command = [binary, "serve", "--log"] + (["--fault", fault] if fault else [])
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=self.log, text=True
        )
        self.url = self.process.stdout.readline().strip()
        self.token = self.process.stdout.readline().strip()

    def __enter__(self):
        return self

    def requests(self):
        self.log.seek(0)
        return len(self.log.readlines())

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.log.close()


def by_scim2(server):
    """Checks that failed, and whether the tester ended by itself."""
    os.environ["SCIM_CLI_HEADERS"] = f"Authorization: Bearer {server.token}"
    result = CliRunner().invoke(scim2, ["--url", server.url, "test"], color=False)
    text = re.sub(r"\x1b\[[0-9;]*m", "", result.output)
    lines = text.splitlines()
    failed, place = [], 0
    for place, line in enumerate(lines):
        words = line.split()
        if len(words) == 2 and words[0] in ("ERROR", "CRITICAL"):
            reason = lines[place + 1] if place + 1 < len(lines) else ""
            failed.append(plain(f"{words[1]}: {reason}"))
    ended = "compliance check" in text
    return failed, ended


def by_sanity(server):
    arguments = ["probe", server.url, "--token", server.token]
    arguments += ["--i-accept-side-effects", "--json-output", "--timeout", "20"]
    result = CliRunner().invoke(sanity, arguments)
    try:
        report = json.loads(result.output[result.output.index("{") :])
    except ValueError:
        return [], False
    bad = [one for one in report["results"] if one["status"] in ("fail", "error")]
    return [plain(one["name"]) for one in bad], True


RUN = {"scim2-cli": by_scim2, "scim-sanity": by_sanity}


def plain(text):
    """Without what differs between two runs on one server."""
    text = re.sub(r"http://127\.0\.0\.1:\d+", "", text)
    return re.sub(r"[0-9a-f]{8}[0-9a-f-]{4,}", "ID", text).strip()


def fire(binary, fault):
    found = {}
    for tester in TESTERS:
        with Server(binary, fault) as server:
            begun = time.monotonic()
            failed, ended = RUN[tester](server)
            seconds = time.monotonic() - begun
            found[tester] = (failed, ended, server.requests(), seconds)
    return found


def worst(found):
    """Of three clean runs the one in which the most fails, with each check as often as in any."""
    runs = [found[f"clean {number}"] for number in (1, 2, 3)]
    clean = {}
    for tester in TESTERS:
        failed = max((run[tester] for run in runs), key=lambda one: len(one[0]))
        lines = list(failed[0])
        for run in runs:
            for line in run[tester][0]:
                if names(run[tester][0])[line.split(":")[0]] > names(lines).get(line.split(":")[0], 0):
                    lines.append(line)
        clean[tester] = (lines, *failed[1:])
    return clean


def names(failed):
    """How often each check failed: a check is told by its name, before what it says."""
    counts = {}
    for line in failed:
        name = line.split(":")[0]
        counts[name] = counts.get(name, 0) + 1
    return counts


def more(failed, clean):
    before = names(clean)
    return sorted(name for name, often in names(failed).items() if often > before.get(name, 0))


def matrix():
    """How each fault is caught: by a failure, or by a warning alone."""
    caught = {}
    for line in (ROOT / "conformance/faults/detection.tsv").read_text().splitlines()[1:]:
        fault, _, verdict, _ = line.split("\t")
        if verdict == "fail" or fault not in caught:
            caught[fault] = "yes" if verdict == "fail" else "as a warning"
    return caught


def ours(binary, quick):
    command = [binary, "try"] + (["--quick"] if quick else [])
    text = subprocess.run(command, capture_output=True, text=True).stdout
    last = text.splitlines()[-1]
    requests, millis = re.match(r"(\d+) requests, (\d+) ms", last).groups()
    return int(requests), int(millis) / 1000


def main():
    binary = sys.argv[1]
    faults = listed_faults(binary)
    decoys = listed_faults(binary, "decoy")
    # Slow by design, and the same verdicts.
    decoys = [decoy for decoy in decoys if decoy != "slow"]
    kept = Path(sys.argv[2]) if len(sys.argv) > 2 else None
    share = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    found = json.loads(kept.read_text()) if kept and kept.exists() else {}
    # Some checks of others send random values: what fails in one of three clean runs fails clean.
    # Decoys come next, since they are fewer.
    faults = faults[::share]
    turns = [f"clean {number}" for number in (1, 2, 3)] + decoys + faults
    for turn in turns:
        if turn not in found:
            found[turn] = fire(binary, None if turn.startswith("clean ") else turn)
            print(turn, {tester: found[turn][tester][1:3] for tester in TESTERS}, flush=True)
            if kept:
                kept.write_text(json.dumps(found))
    results = {fault: found[fault] for fault in faults if fault in found}
    odd = {decoy: found[decoy] for decoy in decoys if decoy in found}
    write(binary, worst(found), results, odd)


def listed_faults(binary, kind="fault"):
    """Faults of the server of a decoy are left out: what fails there may be the decoy's doing."""
    lines = subprocess.run([binary, "list"], capture_output=True, text=True).stdout.splitlines()
    words = [line.split() for line in lines]
    return [one[1] for one in words if one[0] == kind and len(one) == 2]


def write(binary, clean, results, odd):
    known = matrix()
    rows = []
    for tester in TESTERS:
        failed, _, requests, seconds = clean[tester]
        caught = [f for f in results if more(results[f][tester][0], failed)]
        aborts = [f for f in results if not results[f][tester][1]]
        alarms = [d for d in odd if more(odd[d][tester][0], failed) or not odd[d][tester][1]]
        rows.append(
            f"| {tester} {version(tester)} | {len(caught)} of {len(results)} | {len(aborts)} "
            f"| {len(failed)} | {len(alarms)} of {len(odd)} | {requests} | {seconds:.1f} s |"
        )
    for quick in (False, True):
        requests, seconds = ours(binary, quick)
        name = "provisor, `--quick`" if quick else "provisor, complete"
        caught = sum(known.get(fault) == "yes" for fault in results)
        if quick:
            caught = quick_catches(results)
        rows.append(
            f"| {name} | {caught} of {len(results)} | 0 | 0 | {our_alarms()} of {len(odd)} "
            f"| {requests} | {seconds:.1f} s |"
        )
    total = len(listed_faults(binary))
    share = f"{len(results)} faults of the {total} of the reference server were taken, spread over all sections. "
    if len(results) == total:
        share = f"All {total} faults of the reference server were taken, and those of the servers of decoys were not. "
    text = HEAD.replace("SHARE", share) + "\n".join(rows) + "\n\n" + DETAILS
    for fault in results:
        cells = []
        for tester in TESTERS:
            failed, ended = results[fault][tester][:2]
            new = more(failed, clean[tester][0])
            cells.append(", ".join(new[:3]) or ("aborts" if not ended else ""))
        text += f"| {fault} | {cells[0]} | {cells[1]} | {known.get(fault, '')} |\n"
    text += "\n## False failures\n\n| Tester | On the server without a fault | On decoys |\n|---|---|---|\n"
    for tester in TESTERS:
        failed = clean[tester][0]
        alarms = [d for d in odd if more(odd[d][tester][0], failed) or not odd[d][tester][1]]
        text += f"| {tester} | {'; '.join(failed) or 'none'} | {', '.join(alarms) or 'none'} |\n"
    (ROOT / "docs/comparison.md").write_text(text)


def our_alarms():
    """Decoys on which a scenario fails, as docs/detection.md has them."""
    part = (ROOT / "docs/detection.md").read_text().split("## Decoys")[1].split("\n## ")[0]
    rows = [line for line in part.splitlines() if line.startswith("| `")]
    return sum(not line.endswith("| none |") for line in rows)


def quick_catches(results):
    tagged = {
        str(path.relative_to(ROOT / "conformance/scenarios").with_suffix(""))
        for path in (ROOT / "conformance/scenarios").rglob("*.yaml")
        if re.search(r"^tags: \[.*\bquick\b.*\]", path.read_text(), re.M)
    }
    caught = set()
    for line in (ROOT / "conformance/faults/detection.tsv").read_text().splitlines()[1:]:
        fault, scenario, verdict, _ = line.split("\t")
        if verdict == "fail" and scenario in tagged and not scenario.startswith("dialects/"):
            caught.add(fault)
    return len(caught & set(results))


HEAD = """# Beside other testers

This file is generated by `conformance/faults/compare.py`, whose head says how to repeat it: the \
faults and decoys of `docs/detection.md`, one after another, and each tester's own command fired at \
them. All of it ran on one machine, one after another, against the same server on loopback. SHARE\
Times are those of a machine with other work and of the build that was tried.

A fault is caught when a check fails that does not fail in any of three runs on the server \
without a fault. False \
failures are checks that fail on the server without a fault, and decoys (legal but odd servers) on \
which more fails, or which the tester does not survive. Requests and time are of one run against \
the server without a fault. Both testers look at less than the scenarios do, and say so: neither \
is meant to prove filters, paging or what a PATCH does to others. Faults and scenarios come from \
one project, so that ours catch nearly all of them says less than what the others catch.

| Tester | Faults caught | Aborts | False failures | Decoys failed | Requests | Time |
|---|---:|---:|---:|---:|---:|---:|
"""

DETAILS = """## Fault by fault

Checks of the testers that fail, at most three; for ours `docs/detection.md` has the scenarios.

| Fault | scim2-cli | scim-sanity | provisor |
|---|---|---|---|
"""

if __name__ == "__main__":
    main()

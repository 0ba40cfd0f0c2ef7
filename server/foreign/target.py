"""Starts a SCIM server to be tested and finds out its URL and token."""

import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
SECONDS_TO_START = 30


class Target:
    """A running server. Use it in a `with` block: it ends with it."""

    def __init__(self, name):
        self.name = name
        self.url = self.token = None
        self.process = None
        self.folder = tempfile.TemporaryDirectory(prefix="foreign-")
        self.log = []

    def __enter__(self):
        if self.name == "given":
            self.url, self.token = os.environ["SCIM_URL"], os.environ["SCIM_TOKEN"]
            return self
        self.process = subprocess.Popen(
            self.command(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=self.folder.name,
            env=self.environment(),
        )
        # The pipe is read to the end, or a server that logs much would stop.
        threading.Thread(target=self.read, daemon=True).start()
        until = time.monotonic() + SECONDS_TO_START
        while not (self.url and self.token):
            if self.process.poll() is not None or time.monotonic() > until:
                self.__exit__()
                sys.exit(f"{self.name} did not start:\n" + "".join(self.log[-20:]))
            time.sleep(0.05)
        return self

    def __exit__(self, *_):
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.folder.cleanup()

    def environment(self):
        """Without anything of this shell that would configure the server."""
        return {k: v for k, v in os.environ.items() if not k.startswith("PROVISOR")}

    def command(self):
        """How each server is started on a free port of the loopback interface."""
        if self.name == "provisor":
            binary = os.environ.get("PROVISOR_BINARY", HERE.parents[1] / "target/release/provisor")
            database = Path(self.folder.name, "provisor.db")
            # Without limits of rate: a tester that is slowed down reports failures of anything.
            rates = ["--rate-token", "0", "--rate-tenant", "0", "--rate-failures", "0"]
            flags = os.environ.get("PROVISOR_FLAGS", "").split()
            return [binary, "serve", "--listen", "127.0.0.1:0", "--database", database, *rates, *flags]
        if self.name == "scim2-server":
            return [sys.executable, HERE / "peers/scim2_server_peer.py", "0"]
        if self.name == "scim2-server-wsgiref":
            return [sys.executable, HERE / "peers/scim2_server_peer.py", "--serve", "wsgiref", "0"]
        if self.name == "scimmy":
            return ["node", Path(os.environ["FOREIGN_CACHE"], "scimmy.mjs"), "0"]
        sys.exit(f"no server is called {self.name}")

    def read(self):
        for line in self.process.stdout:
            self.log.append(line)
            self.url = self.url or found(URL, line)
            self.token = self.token or found(TOKEN, line)


# The peers print `url=… token=…`. `provisor serve` prints a text for people, with the token on its
# first start; these two patterns are all that depends on it.
URL = re.compile(r"(?:\burl=|\bSCIM +)(https?://127\.0\.0\.1:[1-9]\d*[\w./-]*)")
TOKEN = re.compile(r"(?:\btoken=|^ +token +)([A-Za-z0-9_.~+/-]{3,200}=*)(?!\S)")


def found(pattern, line):
    """What the pattern finds in a line, or None."""
    match = pattern.search(line)
    return match and match.group(1)

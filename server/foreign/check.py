"""Runs every check of scim2-tester through scim2-cli, and sums up.

scim2-cli ends with 0 when all that it says is SUCCESS. It also skips in silence what it thinks the
server does not have, so the number of checks is held to a minimum: a server that publishes no
schemas must not pass.
"""

import collections
import os
import subprocess
import sys
from pathlib import Path

from target import Target

# With the standard schemas there are 135; more with each attribute of an extension.
AT_LEAST = 135


def main():
    target = Target(sys.argv[1] if len(sys.argv) > 1 else "provisor")
    with target:
        # The token goes by environment: other users see the arguments of a command.
        environment = os.environ | {"SCIM_CLI_HEADERS": f"Authorization: Bearer {target.token}"}
        ran = subprocess.run(
            [Path(sys.executable).with_name("scim"), "--url", target.url, "test"],
            capture_output=True,
            text=True,
            timeout=600,
            env=environment,
        )
    lines = ran.stdout.splitlines()
    verdicts = collections.Counter()
    for number, line in enumerate(lines):
        word = line.split(" ", 1)[0]
        if not line.startswith(" ") and word.isupper() and len(word) > 3:
            verdicts[word] += 1
            if word != "SUCCESS":
                print("\n".join([line, *lines[number + 1 : number + 2]])[:500])
    print(ran.stderr[-2000:], end="")
    print(f"scim2-tester against {target.name}: {dict(verdicts)}, exit code {ran.returncode}")
    enough = verdicts["SUCCESS"] >= AT_LEAST
    if not enough:
        print(f"fewer than {AT_LEAST} checks succeeded")
    sys.exit(0 if ran.returncode == 0 and enough else 1)


if __name__ == "__main__":
    main()

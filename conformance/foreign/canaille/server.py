"""Canaille (PyPI), an identity server with a SCIM endpoint, on waitress, with SQLite in a temporary
folder. Prints one line, `url=… token=…`, when it listens.

    python server.py [PORT] [TOKEN]
"""

import datetime
import secrets
import signal
import socket
import sys
import tempfile

from canaille import create_app
from canaille.app import models
from canaille.backends import Backend
from waitress import serve

port = int(sys.argv[1]) if len(sys.argv) > 1 else 0
token = sys.argv[2] if len(sys.argv) > 2 else secrets.token_urlsafe(24)


def give_out(token):
    """A client with one access token of its own, which may do everything over SCIM."""
    now = datetime.datetime.now(datetime.timezone.utc)
    client = models.Client(client_id="conformance", client_name="conformance")
    Backend.instance.save(client)
    Backend.instance.save(
        models.Token(
            token_id=secrets.token_hex(8),
            access_token=token,
            client=client,
            audience=[client],
            subject=None,
            scope=["openid"],
            issue_date=now,
            lifetime=24 * 3600,
        )
    )


def main():
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    address = "127.0.0.1:%d" % listener.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="canaille-") as folder:
        app = create_app(
            {
                "SECRET_KEY": secrets.token_hex(32),
                "CANAILLE": {"DATABASE": "sql", "LOGGING": {"version": 1}},
                "CANAILLE_SQL": {"DATABASE_URI": f"sqlite:///{folder}/canaille.db"},
                "CANAILLE_OIDC": {},
                "CANAILLE_SCIM": {"ENABLE_SERVER": True},
            },
            init_backend=True,
        )
        with app.app_context():
            Backend.instance.install(app)
            give_out(token)
        print(f"url=http://{address}/scim/v2 token={token}", flush=True)
        serve(app, sockets=[listener], threads=4)


if __name__ == "__main__":
    # Ended from outside, it takes its folder and its database along.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        main()
    except KeyboardInterrupt:
        pass

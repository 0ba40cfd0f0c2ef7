"""Canaille (PyPI), an identity server with a SCIM endpoint, on waitress, with SQLite in a temporary
folder. Prints one line, `url=… token=…`, when it listens.

    python server.py [PORT] [TOKEN]
"""

import datetime
import secrets

from canaille import create_app
from canaille.app import models
from canaille.backends import Backend
from hosting import host


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


def main(place, folder):
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
        give_out(place.token)
    place.serve(app, threads=4)


if __name__ == "__main__":
    host("canaille", main)

"""django-scim2-server (PyPI) in the smallest Django project that its documentation describes, on
waitress, with SQLite in a temporary folder. Prints one line, `url=… token=…`, when it listens.

    python server.py [PORT] [TOKEN]
"""

import secrets
import signal
import socket
import sys
import tempfile

import django
from django.conf import settings

port = int(sys.argv[1]) if len(sys.argv) > 1 else 0
token = sys.argv[2] if len(sys.argv) > 2 else secrets.token_urlsafe(24)


class Bearer:
    """Middleware: who has the token is the superuser whom it asks for by itself."""

    class Caller:
        is_authenticated = True
        is_superuser = True

    class Nobody:
        is_authenticated = False
        is_superuser = False

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        known = request.headers.get("Authorization") == f"Bearer {token}"
        request.user = self.Caller() if known else self.Nobody()
        return self.get_response(request)


def configure(folder):
    """What would be `settings.py`."""
    settings.configure(
        SECRET_KEY=secrets.token_hex(32),
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF=__name__,
        USE_TZ=True,
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": f"{folder}/directory.db",
                # SQLite's own setting for several writers: wait, and take the lock at the start.
                "OPTIONS": {"timeout": 20, "transaction_mode": "IMMEDIATE"},
                "CONN_MAX_AGE": 600,
            }
        },
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django_scim2_server",
        ],
        MIDDLEWARE=[f"{__name__}.Bearer"],
        LOGGING_CONFIG=None,
    )
    django.setup()


def main():
    global urlpatterns
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    address = "127.0.0.1:%d" % listener.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="django-scim2-server-") as folder:
        configure(folder)
        from django.core.management import call_command
        from django.core.wsgi import get_wsgi_application
        from django.urls import include, path
        from waitress import serve

        call_command("migrate", verbosity=0)
        urlpatterns = [path("scim/v2/", include("django_scim2_server.urls"))]
        print(f"url=http://{address}/scim/v2 token={token}", flush=True)
        serve(get_wsgi_application(), sockets=[listener], threads=8)


if __name__ == "__main__":
    # Ended from outside, it takes its folder and its database along.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        main()
    except KeyboardInterrupt:
        pass

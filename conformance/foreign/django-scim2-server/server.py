"""django-scim2-server (PyPI) in the smallest Django project that its documentation describes, on
waitress, with SQLite in a temporary folder. Prints one line, `url=… token=…`, when it listens.

    python server.py [PORT] [TOKEN]
"""

import secrets

import django
from django.conf import settings
from hosting import bearer, host


def configure(folder, token):
    """What would be `settings.py`; who has the token is the superuser whom it asks for."""
    global Bearer
    Bearer = bearer(token, is_authenticated=True, is_superuser=True)
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


def main(place, folder):
    global urlpatterns
    configure(folder, place.token)
    from django.core.management import call_command
    from django.core.wsgi import get_wsgi_application
    from django.urls import include, path

    call_command("migrate", verbosity=0)
    urlpatterns = [path("scim/v2/", include("django_scim2_server.urls"))]
    place.serve(get_wsgi_application(), threads=8)


if __name__ == "__main__":
    host("django-scim2-server", main)

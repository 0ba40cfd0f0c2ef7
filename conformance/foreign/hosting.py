"""What the servers of this folder have in common: where they listen, whom they let in, and that
they take their temporary folder along when they are ended."""

import secrets
import signal
import socket
import sys
import tempfile


class Place:
    """A port of loopback and the token that is asked for there: `server.py [PORT] [TOKEN]`."""

    def __init__(self):
        port = int(sys.argv[1]) if len(sys.argv) > 1 else 0
        self.token = sys.argv[2] if len(sys.argv) > 2 else secrets.token_urlsafe(24)
        self.listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind(("127.0.0.1", port))
        self.address = "127.0.0.1:%d" % self.listener.getsockname()[1]

    def serve(self, application, threads):
        """Prints the one line, and serves a WSGI application until the process is ended."""
        from waitress import serve

        print(f"url=http://{self.address}/scim/v2 token={self.token}", flush=True)
        serve(application, sockets=[self.listener], threads=threads)


def host(name, main):
    """Calls `main(place, folder)` with a temporary folder, which is gone when it is ended."""

    def end(*_):
        # A second signal must not break off what the first one tidies up.
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        sys.exit(0)

    signal.signal(signal.SIGTERM, end)
    try:
        with tempfile.TemporaryDirectory(prefix=f"{name}-") as folder:
            main(Place(), folder)
    except KeyboardInterrupt:
        pass


def bearer(token, **of_caller):
    """Django middleware: who has the token is a user with these flags, anybody else has each of
    them the other way round."""
    caller = type("Caller", (), of_caller)
    nobody = type("Nobody", (), {flag: not value for flag, value in of_caller.items()})

    def middleware(get_response):
        def respond(request):
            known = request.headers.get("Authorization") == f"Bearer {token}"
            request.user = caller() if known else nobody()
            return get_response(request)

        return respond

    return middleware

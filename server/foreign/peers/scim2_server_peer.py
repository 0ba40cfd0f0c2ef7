"""scim2-server (PyPI), in memory. Prints one line, `url=… token=…`, when it listens.

    python scim2_server_peer.py [--serve wsgiref|uvicorn] [PORT] [TOKEN]

`wsgiref` is what its own command runs: HTTP/1.0, a connection and a thread per request.
`uvicorn` is the same application over ASGI with keep-alive, the faster way to host it: the one to
compare with, since a benchmark of connection set-up says nothing about the server.
"""

import argparse
import asyncio
import secrets
import socket
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from scim2_models import ScimProvider, UnauthorizedException
from scim2_server.applications.asgi import ASGIApplication
from scim2_server.memory import AsyncInMemoryStorage, InMemoryStorage
from scim2_server.service import ScimService
from scim2_server.testserver.application import BEARER_TOKEN_SCHEME, BearerTokenApplication
from scim2_server.utils import (
    load_default_resource_types,
    load_default_schemas,
    load_default_service_provider_config,
)


class Quiet(WSGIRequestHandler):
    """Without a line of log per request."""

    def log_message(self, *args):
        pass


class Threading(ThreadingMixIn, WSGIServer):
    """As the command `scim2-server` does it."""

    daemon_threads = True
    request_queue_size = 128


class BearerAsgi(ASGIApplication):
    """The ASGI application with one static token."""

    token = ""

    def check_auth(self, request):
        scheme, _, token = (request.header("Authorization") or "").partition(" ")
        if scheme.lower() != "bearer" or token != self.token:
            raise UnauthorizedException


def provider():
    """Everything that it supports, as its own command announces it, with the bearer scheme."""
    config = load_default_service_provider_config()
    config.authentication_schemes = [BEARER_TOKEN_SCHEME]
    return ScimProvider.from_discovery(
        load_default_schemas().values(), load_default_resource_types().values(), config=config
    )


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--serve", choices=["wsgiref", "uvicorn"], default="uvicorn")
    parser.add_argument("port", nargs="?", type=int, default=0)
    parser.add_argument("token", nargs="?", default=secrets.token_urlsafe(16))
    args = parser.parse_args()
    described = provider()
    service = ScimService(described, secret=secrets.token_urlsafe(32))

    if args.serve == "wsgiref":
        app = BearerTokenApplication(
            InMemoryStorage(), described, service=service, bearer_tokens=[args.token]
        )
        with make_server("127.0.0.1", args.port, app, Threading, Quiet) as server:
            print(f"url=http://127.0.0.1:{server.server_port}/v2 token={args.token}", flush=True)
            server.serve_forever()
        return

    import uvicorn

    app = BearerAsgi(AsyncInMemoryStorage(), described, service=service)
    app.token = args.token
    # With the protocol named: asyncio sets TCP_NODELAY only then, and without it every answer on a
    # kept connection waits 40 ms for a delayed acknowledgement.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", args.port))
    listener.listen(128)
    print(f"url=http://127.0.0.1:{listener.getsockname()[1]}/v2 token={args.token}", flush=True)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False))
    asyncio.run(server.serve(sockets=[listener]))


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass

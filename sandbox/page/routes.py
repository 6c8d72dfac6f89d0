"""Serves the page: one document and the plain files that it asks for, nothing from outside."""

from pathlib import Path
from typing import Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

STATIC: Final = Path(__file__).parent / "static"

# Pictures may come from anywhere, since a bot may name any address in an image block; code and styles come from here.
POLICY: Final = (
    "default-src 'self'; img-src 'self' data: http: https:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS: Final = [
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"cache-control", b"no-cache"),
]


class WithHeaders:
    """Adds the page's headers to every answer: nothing is kept by the browser without asking again."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *HEADERS]
            await send(message)

        await self._app(scope, receive, send_with_headers)


async def index(_: Request) -> FileResponse:
    """The one document."""
    return FileResponse(STATIC / "index.html")


def page_app() -> Starlette:
    """The page as an application, to be mounted at `/` after everything else.

    It answers `/` and `/assets/…`; the page asks `/page`, `/sandbox` and `/world` of the same address.
    """
    app = Starlette(routes=[Route("/", index), Mount("/assets", StaticFiles(directory=STATIC))])
    app.add_middleware(WithHeaders)
    return app

"""The addresses of both APIs."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.methods import Extent
from sandbox.pagerduty.account import PagerDuty
from sandbox.pagerduty.call import Call
from sandbox.pagerduty.events_v2 import Events
from sandbox.pagerduty.methods import METHODS, Method, Run

Endpoint = Callable[[Request], Awaitable[Response]]


def routes_of(account: PagerDuty) -> list[Route]:
    """The routes of every method that is served."""
    events = Events(account)
    others = {"/v2/enqueue": events.enqueue, "/v2/change/enqueue": events.change}
    return [
        Route(row.path, _endpoint(account, row, row.run) if row.run else others[row.path], methods=[row.verb])
        for row in METHODS
        if row.extent is not Extent.ABSENT
    ]


def _endpoint(account: PagerDuty, row: Method, run: Run) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        media = request.headers.get("content-type", "").partition(";")[0].strip()
        raw = await request.body()
        params = {name: str(value) for name, value in request.path_params.items()}
        call = Call(account, params, request.query_params, raw, media, request.headers.get("from", ""))
        with account.lock:
            if row.signed:
                call.find_sender()
            answer = run(call)
        if answer.body is None:
            return Response(status_code=answer.status)
        return JSONResponse(answer.body, answer.status)

    return endpoint

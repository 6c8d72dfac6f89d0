"""Every refusal of the API, with the body that the real one gives."""

from typing import Any


class ApiError(Exception):
    """A refusal: an HTTP code and what its body says. Nothing was stored when it is raised."""

    def __init__(self, status: int, body: Any) -> None:
        super().__init__(str(body))
        self.status = status
        #: Made JSON; None is an empty body.
        self.body = body


def refused(why: str) -> ApiError:
    """What Alertmanager itself refuses: 400, and the body is the sentence as a JSON string."""
    return ApiError(400, why)


def unreadable(what: str, why: str) -> ApiError:
    """A body that is no such JSON: 400, and an object with code and message (go-openapi/errors)."""
    return ApiError(400, {"code": 400, "message": f'parsing {what} body from "" failed, because {why}'})


def missing(field: str) -> ApiError:
    """A field that the schema wants: 422, code 602."""
    return ApiError(422, {"code": 602, "message": f"{field} is required"})


def misshapen(field: str, kind: str, value: str) -> ApiError:
    """A field of a wrong format: 422, code 601."""
    return ApiError(422, {"code": 601, "message": f'{field} must be of type {kind}: "{value}"'})


def too_few(field: str) -> ApiError:
    """A list that the schema wants to have something in it: 422, code 612."""
    return ApiError(422, {"code": 612, "message": f"{field} should have at least 1 items"})


def not_found() -> ApiError:
    """Nothing of that name: 404 with an empty body. Version 0.25 said 500 when it was asked to expire it."""
    return ApiError(404, None)

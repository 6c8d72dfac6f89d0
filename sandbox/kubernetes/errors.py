"""Every refusal of the server, as the ``Status`` object that the API answers with."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.kubernetes.kinds import Kind
from sandbox.kubernetes.objects import Json, canonical


class ApiError(Exception):
    """A refusal: an HTTP code and a ``Status``. Nothing was stored when it is raised."""

    def __init__(
        self, code: int, reason: str, message: str, details: Json | None = None, *, retry_after: int | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.message = message
        self.details = details
        #: Whole seconds for the ``Retry-After`` header.
        self.retry_after = retry_after

    def status(self) -> Json:
        """The body of the answer."""
        out: Json = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure"}
        out |= {"message": self.message, "reason": self.reason, "code": self.code}
        if self.details is not None:
            out["details"] = self.details
        return out


@dataclass(frozen=True)
class Cause:
    """One reason why an object is invalid, naming the field."""

    field: str
    reason: str
    message: str

    def told(self) -> Json:
        return {"reason": self.reason, "message": self.message, "field": self.field}


def invalid_value(field: str, value: Any, why: str) -> Cause:
    """A value that is not allowed."""
    shown = canonical(value) if not isinstance(value, str) else f'"{value}"'
    return Cause(field, "FieldValueInvalid", f"Invalid value: {shown}: {why}")


def required(field: str, why: str = "") -> Cause:
    """A value that is missing."""
    return Cause(field, "FieldValueRequired", "Required value" + (f": {why}" if why else ""))


def unsupported_value(field: str, value: Any, supported: Sequence[str]) -> Cause:
    """A value outside a closed list."""
    listed = ", ".join(f'"{one}"' for one in supported)
    return Cause(field, "FieldValueNotSupported", f'Unsupported value: "{value}": supported values: {listed}')


def duplicate(field: str, value: str) -> Cause:
    """A value that must be there once, and is there twice."""
    return Cause(field, "FieldValueDuplicate", f'Duplicate value: "{value}"')


def forbidden_field(field: str, why: str) -> Cause:
    """A field that may not be set here."""
    return Cause(field, "FieldValueForbidden", f"Forbidden: {why}")


def _details(kind: Kind, name: str, **more: Any) -> Json:
    out: Json = {"name": name} if name else {}
    if kind.group:
        out["group"] = kind.group
    return out | {"kind": kind.plural} | more


def not_found(kind: Kind, name: str) -> ApiError:
    """There is no such object."""
    return ApiError(404, "NotFound", f'{kind.resource} "{name}" not found', _details(kind, name))


def no_such_path() -> ApiError:
    """The server has nothing at this address."""
    return ApiError(404, "NotFound", "the server could not find the requested resource", {})


def method_not_allowed() -> ApiError:
    """The address is known, and does not take this method."""
    return ApiError(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", {})


def already_exists(kind: Kind, name: str) -> ApiError:
    """There is one of this name."""
    return ApiError(409, "AlreadyExists", f'{kind.resource} "{name}" already exists', _details(kind, name))


def conflict(kind: Kind, name: str, because: str = "") -> ApiError:
    """The object is another one than the caller read."""
    because = because or ("the object has been modified; please apply your changes to the latest version and try again")
    message = f'Operation cannot be fulfilled on {kind.resource} "{name}": {because}'
    return ApiError(409, "Conflict", message, _details(kind, name))


def apply_conflict(conflicts: Iterable[tuple[str, str]]) -> ApiError:
    """Server-side apply met fields of others: pairs of whose (``"kubectl" using apps/v1``) and which field."""
    pairs = list(conflicts)
    count = f"{len(pairs)} conflict" + ("s" if len(pairs) > 1 else "")
    if len(pairs) == 1:
        listed = f"conflict with {pairs[0][0]}: {pairs[0][1]}"
    else:
        owners = list(dict.fromkeys(owner for owner, _ in pairs))
        listed = "\n".join(
            f"conflicts with {owner}:\n" + "\n".join(f"- {field}" for whose, field in pairs if whose == owner)
            for owner in owners
        )
    causes = [
        {"reason": "FieldManagerConflict", "message": f"conflict with {owner}", "field": field}
        for owner, field in pairs
    ]
    return ApiError(409, "Conflict", f"Apply failed with {count}: {listed}", {"causes": causes})


def invalid(qualified: str, name: str, causes: Sequence[Cause]) -> ApiError:
    """The object breaks the rules of its kind; ``qualified`` is ``Deployment.apps``."""
    told = [f"{cause.field}: {cause.message}" for cause in causes]
    listed = told[0] if len(told) == 1 else f"[{', '.join(told)}]"
    kind, _, group = qualified.partition(".")
    details = {"name": name, **({"group": group} if group else {}), "kind": kind}
    message = f'{qualified} "{name}" is invalid: {listed}'
    return ApiError(422, "Invalid", message, details | {"causes": [cause.told() for cause in causes]})


def bad_request(message: str) -> ApiError:
    """The request itself is malformed."""
    return ApiError(400, "BadRequest", message)


def unsupported_media(accepted: Iterable[str]) -> ApiError:
    """A patch of a type that is not known here."""
    message = "the body of the request was in an unknown format - accepted media types include: "
    return ApiError(415, "UnsupportedMediaType", message + ", ".join(accepted), {})


def patch_failed(because: str) -> ApiError:
    """A JSON patch whose test failed, or whose path is missing."""
    cause = {"reason": "UnexpectedServerResponse", "message": because}
    message = "the server rejected our request due to an error in our request"
    return ApiError(422, "Invalid", message, {"causes": [cause]})


def unauthorized() -> ApiError:
    """No token, or one that nobody has."""
    return ApiError(401, "Unauthorized", "Unauthorized")


def forbidden(kind: Kind, subresource: str, name: str, namespace: str, user: str, verb: str) -> ApiError:
    """The user has no rule that allows this."""
    path = f"{kind.plural}/{subresource}" if subresource else kind.plural
    where = f'in the namespace "{namespace}"' if namespace else "at the cluster scope"
    named = f'{kind.resource} "{name}"' if name else kind.resource
    message = f'{named} is forbidden: User "{user}" cannot {verb} resource "{path}" in API group "{kind.group}" {where}'
    return ApiError(403, "Forbidden", message, _details(kind, name))


def forbidden_path(path: str, user: str, verb: str) -> ApiError:
    """The user may not read this address."""
    return ApiError(403, "Forbidden", f'forbidden: User "{user}" cannot {verb} path "{path}"', {})


def internal() -> ApiError:
    """The server failed."""
    cause = {"message": "etcdserver: request timed out"}
    message = "Internal error occurred: etcdserver: request timed out"
    return ApiError(500, "InternalError", message, {"causes": [cause]})


def too_many(seconds: int) -> ApiError:
    """The server is busy, and says when to come again."""
    message = "the server has received too many requests and has asked us to try again later"
    return ApiError(429, "TooManyRequests", message, {"retryAfterSeconds": seconds}, retry_after=seconds)


def unavailable() -> ApiError:
    """The server cannot answer now."""
    return ApiError(503, "ServiceUnavailable", "the server is currently unable to handle the request", {})

"""Every refusal of the REST API, in PagerDuty's shape.

Codes: developer.pagerduty.com/docs/errors, but for what a missing ``From`` says, which that page does not list.
"""

from typing import Any


class PagerDutyError(Exception):
    """A refusal: an HTTP status, a code of PagerDuty's and what is wrong. Nothing was changed when it is raised."""

    def __init__(self, status: int, code: int, message: str, *errors: str) -> None:
        super().__init__(message, *errors)
        self.status = status
        self.code = code
        self.message = message
        self.errors = list(errors)

    def told(self) -> dict[str, Any]:
        """The body of the answer."""
        return {"error": {"message": self.message, "code": self.code, "errors": self.errors}}


def invalid(*errors: str) -> PagerDutyError:
    """Something in what was sent is not allowed."""
    return PagerDutyError(400, 2001, "Invalid Input Provided", *errors)


def not_found() -> PagerDutyError:
    return PagerDutyError(404, 2100, "Not Found")


def unauthorized() -> PagerDutyError:
    return PagerDutyError(401, 2006, "Authentication failed")


def access_denied() -> PagerDutyError:
    """For a key that may only read."""
    return PagerDutyError(403, 2010, "Access Denied")


def rate_limited() -> PagerDutyError:
    return PagerDutyError(429, 2020, "Rate Limit Exceeded")


def internal(status: int = 500) -> PagerDutyError:
    message = "An internal error has occurred. PagerDuty team has been notified."
    return PagerDutyError(status, 2000, message)


def from_missing() -> PagerDutyError:
    """As seen in the wild: github.com/PagerDuty/pdpyras/issues/78, quintoandar/airflow-pagerduty-plugin/issues/1."""
    text = 'You must specify a user\'s email address in the "From" header to perform this action'
    return PagerDutyError(400, 2016, text)


def requester_unknown() -> PagerDutyError:
    """As seen in the wild: github.com/dropbox/pygerduty/pull/64."""
    return PagerDutyError(400, 1008, "Requester User Not Found")


def already_resolved() -> PagerDutyError:
    return PagerDutyError(400, 1001, "Incident Already Resolved")


def too_large(what: str) -> PagerDutyError:
    return PagerDutyError(413, 2001, "Request Entity Too Large", what)

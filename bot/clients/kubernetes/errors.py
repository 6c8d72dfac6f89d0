"""What the cluster answers when it does not do what was asked, as sentences."""

import json
from typing import Any

import urllib3.exceptions
from kubernetes.client.exceptions import ApiException

from bot.domain.errors import Away, Refusal, Unknown

FIELD_MANAGER = "aureus-bot"


def translate(error: Exception, what: str, writes: bool) -> Exception:
    """The error that the engine understands. ``what`` names the object; a write without an answer is ``Unknown``."""
    if isinstance(error, ApiException) and error.status:
        return _answered(error, what)
    if isinstance(error, urllib3.exceptions.ReadTimeoutError | TimeoutError):
        because = f"The cluster gave no answer about {what} in time."
        return Unknown(f"{because} It may have happened.") if writes else Away(because)
    if isinstance(error, urllib3.exceptions.SSLError):
        return Refusal(f"The cluster's certificate is not trusted: {error}.", "The kubeconfig names the authority.")
    if isinstance(error, urllib3.exceptions.ProtocolError) and writes:
        return Unknown(f"The connection to the cluster broke while it was asked about {what}. It may have happened.")
    if isinstance(error, urllib3.exceptions.HTTPError | OSError):
        return Away("The cluster cannot be reached.")
    return error


def _answered(error: ApiException, what: str) -> Exception:
    said = _message(error)
    nothing = "Nothing was changed."
    match error.status:
        case 401:
            return Refusal("The cluster does not accept the bot's credentials (401).", f"Renew its token. {nothing}")
        case 403:
            hint = f"Its role lacks that right; deploy/rbac.yaml says what it needs. {nothing}"
            return Refusal(f"The bot may not do that in the cluster: {said}", hint)
        case 404:
            return Refusal(
                f"There is no {what} in the cluster.",
                f"config/services.yaml says what each service is called. {nothing}",
            )
        case 409:
            return Away(f"Somebody else changed {what} at the same moment. {nothing}", again_in=1)
        case 422 | 400:
            return Refusal(f"The cluster does not take that for {what}: {said}", nothing)
        case 429:
            return Away("The cluster has too much to do just now (429).", again_in=_retry_after(error))
    if error.status is not None and error.status >= 500:
        return Away(f"The cluster cannot answer just now ({error.status}).")
    return Refusal(f"The cluster refused ({error.status}): {said}", nothing)


def _message(error: ApiException) -> str:
    try:
        body: Any = json.loads(error.body or "{}")
    except (TypeError, ValueError):
        return str(error.reason)
    return str(body.get("message") or error.reason)[:300]


def _retry_after(error: ApiException) -> float:
    said = (error.headers or {}).get("Retry-After", "")
    return min(float(said), 300.0) if said.isdigit() else 5.0

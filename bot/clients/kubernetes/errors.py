"""What goes wrong between the bot and the cluster, as sentences. Pure functions of the call and of what came back."""

import json
import ssl
from collections.abc import Mapping

import urllib3.exceptions as http

from bot.clients.kubernetes.call import Call, Json
from bot.domain.errors import Away, Barred, Refusal, Unknown

_NOTHING = "Nothing was changed."
_TRUST = "Check the server's address and certificate-authority-data in the kubeconfig."


class Stale(Away):
    """409: the object is no longer the one that was read just before. Read it again, and decide."""


def answered(call: Call, status: int, body: bytes, headers: Mapping[str, str]) -> Exception:
    """The error behind an answer that is no success.

    A gateway's or server's failure on a write is ``Unknown``, except 503: there nobody took it.
    """
    told = _status(body)
    says = str(told.get("message") or "").strip()[:400]
    match status:
        case 401:
            return Barred(
                f"The cluster does not accept the bot's credentials: it answered 401 when asked to {call}. {_NOTHING}",
                "Put a valid token or certificate into the kubeconfig, or renew the service account's token.",
            )
        case 403:
            return _forbidden(call, says)
        case 404:
            return _missing(call, told)
        case 409:
            return Stale(f"Somebody else changed {call.what} at the same moment (409). {_NOTHING}", again_in=1)
        case 422 | 400:
            return Refusal(
                f"The cluster does not accept that for {call.what}: {_causes(told) or says or status}. {_NOTHING}",
                "Ask for a value that it accepts.",
            )
        case 429:
            return Away(
                f"The cluster has too much to do to {call} (429). {_NOTHING}", again_in=_retry_after(headers) or 1.0
            )
    if status >= 500:
        because = f"The cluster failed when asked to {call} ({status}{': ' + says if says else ''})."
        if call.writes and status != 503:
            return Unknown(f"{because} It may have been done all the same; it is looked at before it is done again.")
        return Away(f"{because} {_NOTHING}", again_in=_retry_after(headers))
    return Barred(
        f"The cluster refused to {call} ({status}{': ' + says if says else ''}). {_NOTHING}",
        "Check that the kubeconfig names the address of a cluster's API server.",
    )


def unanswered(call: Call, error: Exception) -> Exception:
    """The error behind a call that got no answer at all."""
    text = str(getattr(error, "reason", None) or error)
    if isinstance(error, http.SSLError | ssl.SSLError) or "SSLError" in text:
        return _untrusted(call, text)
    if isinstance(error, http.NewConnectionError | http.ConnectTimeoutError | http.ProxyError):
        return Away(f"The cluster cannot be reached to {call}: {_cause(error)}. {_NOTHING}")
    if isinstance(error, http.LocationValueError):
        return Barred(
            f"The address of the cluster is none: {text}. {_NOTHING}", "Correct the server in the kubeconfig."
        )
    if isinstance(error, http.HTTPError | OSError):
        slow = isinstance(error, http.TimeoutError | TimeoutError)
        return lost(call, "gave no answer in time" if slow else "broke the connection")
    return Barred(
        f"The bot's credentials for the cluster cannot be used: {text}. {_NOTHING}", "Correct the kubeconfig."
    )


def lost(call: Call, how: str) -> Away:
    """The call went out, and what became of it is not known: for a write that is ``Unknown``."""
    because = f"The cluster {how} when asked to {call}."
    if call.writes:
        return Unknown(f"{because} It may have been done; it is looked at before it is done again.")
    return Away(f"{because} {_NOTHING}")


def _forbidden(call: Call, says: str) -> Refusal:
    """Roles say ``cannot``; quotas and admission refuse with 403, too, in words of their own."""
    if says and " cannot " not in says:
        return Barred(
            f"The cluster's rules forbid to {call}: {says}. {_NOTHING}", "Ask those who run the cluster about it."
        )
    where = f"in namespace {call.namespace}" if call.namespace else "in the whole cluster"
    return Barred(
        f"The bot may not do that in the cluster: to {call}, its role lacks the verb {call.verb} on "
        f"{call.resource.in_role} {where}. {_NOTHING}",
        f'Add it to the bot\'s role (apiGroups: ["{call.resource.group}"], resources: ["{call.resource.in_role}"], '
        f'verbs: ["{call.verb}"]); deploy/rbac.yaml has all that it needs.',
    )


def _missing(call: Call, told: Json) -> Refusal:
    details = told.get("details") or {}
    if call.name and (details.get("name") or "not found" in str(told.get("message"))):
        return Refusal(
            f"There is no {call.what} in the cluster. {_NOTHING}",
            "config/services.yaml says what each service is called; check name and namespace there.",
        )
    served = f"{call.resource.prefix} {call.resource.in_role}"
    return Barred(
        f"The server has no {served}, so it cannot {call}. {_NOTHING}",
        "Check that the kubeconfig names a cluster's API server, of Kubernetes 1.23 or later.",
    )


def _untrusted(call: Call, text: str) -> Exception:
    flat = " ".join(text.split())
    if "EOF" in flat or "timed out" in flat:
        return Away(f"The cluster broke the TLS handshake when asked to {call}. {_NOTHING}")
    return Barred(
        f"The bot does not trust the connection to the cluster, so it did not {call}: {flat[:250]}. {_NOTHING}", _TRUST
    )


def _causes(told: Json) -> str:
    causes = (told.get("details") or {}).get("causes") or ()
    return "; ".join(f"{each.get('field', '?')}: {each.get('message', '?')}" for each in causes)[:400]


def _cause(error: Exception) -> str:
    if isinstance(error, http.NameResolutionError):
        return "its name is not known"
    if isinstance(error, http.ConnectTimeoutError) and not isinstance(error, http.NewConnectionError):
        return "it does not take the connection"
    return str(error).rpartition(": ")[2].rstrip(". ") or type(error).__name__


def _status(body: bytes) -> Json:
    try:
        told = json.loads(body or b"{}")
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds, between 1 and 300. Kubernetes sends whole seconds, never a date."""
    said = headers.get("Retry-After") or ""
    return float(min(max(int(said), 1), 300)) if said.isdigit() else None

"""What goes wrong between the bot and PagerDuty, as sentences. Pure functions of the call and of what came back.

The codes: developer.pagerduty.com/docs/errors; those of a missing and of an unknown ``From`` are as seen in the wild
(PagerDuty/pdpyras #78, dropbox/pygerduty #64).
"""

import json
import math
from collections.abc import Mapping

from bot.clients.pagerduty.call import Call, Json
from bot.domain.errors import Away, Barred, Refusal, Unknown

NOTHING = "Nothing was changed."
_ADDRESS = "Check that PAGERDUTY_API_URL is the address of PagerDuty's REST API, as https://api.pagerduty.com."
_RESOLVED, _REQUESTER, _FROM = 1001, 1008, 2016
_ESCALATE = frozenset({1006, 1015})


class Over(Refusal):
    """The incident is resolved, so that cannot be changed any more."""


class Missing(Refusal):
    """404: there is no such thing."""


class Unfit(Refusal):
    """400: PagerDuty does not take that for the incident as it is now."""


def answered(call: Call, status: int, body: bytes, headers: Mapping[str, str]) -> Exception:
    """The error behind an answer that is no success. A failure of the server on a write is ``Unknown``."""
    code, says = _error(body)
    match status:
        case 400:
            return _not_taken(call, code, says)
        case 401:
            return Barred(
                f"PagerDuty does not accept the bot's key: it answered 401 when asked to {call}. {NOTHING}",
                "Put a valid REST API key into PAGERDUTY_API_KEY, or check that PAGERDUTY_API_URL is that of the "
                "account's region.",
            )
        case 402:
            return Barred(
                f"The account's plan of PagerDuty does not include that, so it did not {call} (402{_colon(says)}). "
                f"{NOTHING}",
                "Do it without, or ask those who run the account about its plan.",
            )
        case 403:
            return Barred(
                f"The bot's key may not do that in PagerDuty: to {call} (403{_colon(says)}). {NOTHING}",
                "Put a key into PAGERDUTY_API_KEY that is not read-only and has that right, or do it in PagerDuty.",
            )
        case 404:
            return Missing(
                f"PagerDuty has nothing like that: it answered 404 when asked to {call}. {NOTHING}",
                "It may have been deleted, or belong to another account. Look for it in PagerDuty.",
            )
        case 408 | 409:
            return Away(f"PagerDuty could not {call} just now ({status}{_colon(says)}). {NOTHING}", again_in=1.0)
        case 429:
            return Away(
                f"PagerDuty takes no more requests of the bot for now, so it did not {call} (429). {NOTHING}",
                again_in=_again_in(headers),
            )
    if status >= 500:
        because = f"PagerDuty failed when asked to {call} ({status}{_colon(says)})."
        if call.writes:
            return Unknown(f"{because} It may have been done all the same; it is looked at before it is done again.")
        return Away(f"{because} {NOTHING}", again_in=_again_in(headers, None))
    return Barred(f"PagerDuty refused to {call} ({status}{_colon(says)}). {NOTHING}", _ADDRESS)


def unreachable(call: Call, error: Exception) -> Exception:
    """The error behind a connection that was not made: nothing was sent."""
    text = " ".join(str(error).split())
    if "SSL" in text and "EOF" not in text and "timed out" not in text:
        return Barred(
            f"The bot does not trust the connection to PagerDuty, so it did not {call}: {text[:250]}. {NOTHING}",
            "Check PAGERDUTY_API_URL; a certificate authority of your own is trusted by SSL_CERT_FILE.",
        )
    cause = text.rpartition("] ")[2].rstrip(". ")[:200] or "it does not take the connection"
    return Away(f"PagerDuty cannot be reached to {call}: {cause}. {NOTHING}")


def lost(call: Call, how: str) -> Away:
    """The call went out, and what became of it is not known: for a write that is ``Unknown``."""
    because = f"PagerDuty {how} when asked to {call}."
    if call.writes:
        return Unknown(f"{because} It may have been done; it is looked at before it is done again.")
    return Away(f"{because} {NOTHING}")


def nobody(email: str) -> Refusal:
    """No user has this e-mail address."""
    return Refusal(
        f"PagerDuty knows nobody with {' '.join(email.split())[:100] or 'an empty e-mail address'}. {NOTHING}",
        "Let the account's owner add them to PagerDuty, or put the e-mail address that they have there into "
        "config/people.yaml.",
    )


def _not_taken(call: Call, code: int, says: str) -> Refusal:
    if code in (_REQUESTER, _FROM) or "requester user not found" in says.lower():
        return nobody(call.as_)
    if code == _RESOLVED:
        return Over(
            f"It is resolved already, so PagerDuty did not {call}. {NOTHING}",
            "If it happens again, it pages again; or reopen it in PagerDuty.",
        )
    if code in _ESCALATE:
        return Unfit(
            f"PagerDuty cannot {call}: {says}. {NOTHING}",
            "Look at its escalation policy, its urgency and who is on call; or assign somebody by name.",
        )
    return Unfit(
        f"PagerDuty does not accept that when asked to {call}: {says or 'it answered 400'}. {NOTHING}",
        "Look at the incident in PagerDuty, and do it there if it must be.",
    )


def _error(body: bytes) -> tuple[int, str]:
    """PagerDuty's own code, and its words with their details."""
    try:
        told = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        return 0, ""
    error: Json | object = told.get("error") if isinstance(told, dict) else None
    if not isinstance(error, dict):
        return 0, ""
    code, details = error.get("code"), error.get("errors")
    parts = [error.get("message"), *(details if isinstance(details, list) else [details])]
    says = ": ".join(part.strip().rstrip(".") for part in parts if isinstance(part, str) and part.strip())
    return code if isinstance(code, int) else 0, says[:400]


def _colon(says: str) -> str:
    return f": {says}" if says else ""


def _again_in(headers: Mapping[str, str], otherwise: float | None = 5.0) -> float | None:
    """Seconds, between 1 and 300.

    ``ratelimit-reset`` has the seconds until the limit is lifted: developer.pagerduty.com/docs/rest-api-rate-limits.
    """
    for name in ("retry-after", "ratelimit-reset"):
        said = headers.get(name) or ""
        try:
            seconds = float(said)
        except ValueError:
            continue
        if math.isfinite(seconds):
            return min(max(seconds, 1.0), 300.0)
    return otherwise

"""What Slack's answers mean for what was to be said: said elsewhere, said later, perhaps said, never said."""

import logging
from typing import Any, Final

import aiohttp
from slack_sdk.errors import SlackApiError

from bot.domain.errors import Away, Unknown
from bot.ports import Unsayable

log = logging.getLogger(__name__)

# Names from docs.slack.dev/reference/methods: chat.postMessage, chat.update, chat.postEphemeral, files.*.
_ELSEWHERE: Final = {
    "not_in_channel": "the bot is not a member of that channel",
    "channel_not_found": "Slack shows the bot no such channel",
    "invalid_channel": "Slack shows the bot no such channel",
    "posting_to_channel_denied": "the workspace lets the bot not post there",
    "is_archived": "that channel is archived",
    "is_inactive": "that channel is archived",
    "restricted_action": "the workspace lets the bot not post there",
    "restricted_action_read_only_channel": "that channel is read-only",
    "restricted_action_thread_only_channel": "that channel takes only replies in threads",
    "restricted_action_non_threadable_channel": "that channel takes no replies in threads",
    "user_not_in_channel": "that person is not in the channel",
    "messages_tab_disabled": "the app's settings switch its messages to people off",
    "cannot_dm_bot": "a bot cannot be written to",
    "user_not_found": "Slack knows no such person",
    "user_disabled": "the account of that person is disabled",
}
_GONE: Final = {
    "message_not_found": "the message was deleted",
    "cant_update_message": "the message is not the bot's to change",
    "edit_window_closed": "the workspace lets messages no longer be changed",
    "thread_not_found": "the message whose thread it belongs to was deleted",
    "cannot_reply_to_message": "the message takes no replies",
}
_NO_FILES: Final = {
    "file_uploads_disabled": "the workspace takes no files",
    "file_uploads_except_images_disabled": "the workspace takes no files but images",
    "file_type_not_allowed": "the workspace takes no files of this type",
    "file_upload_size_restricted": "the workspace takes no files of this size",
    # A bot that was installed before it could say files: what follows in the thread must not wait for an installation.
    "missing_scope": "the bot must be installed anew, with the scope files:write",
}
_OURS: Final = (
    "invalid_blocks",
    "invalid_blocks_format",
    "invalid_attachments",
    "msg_too_long",
    "msg_blocks_too_long",
    "no_text",
    "invalid_arguments",
    "missing_argument",
    "invalid_metadata_format",
    "metadata_too_large",
)
_TOKEN: Final = ("invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive", "missing_scope")
_PERHAPS: Final = ("internal_error", "fatal_error", "request_timeout", "file_update_failed")

_TOKEN_AGAIN: Final = 300.0  # seconds
_UNFORESEEN_AGAIN: Final = 60.0
_LIMITED_AGAIN: Final = 30.0  # where a 429 says nothing

Trouble = Away | Unsayable


def refused(method: str, error: SlackApiError) -> Trouble:
    """What an answer that is not ok means."""
    status, name, data = _of(error)
    if status == 429 or name in ("ratelimited", "rate_limited"):
        return Away("Slack asks to wait.", _retry_after(error))
    if name in _ELSEWHERE:
        return Unsayable(f"{_ELSEWHERE[name]} ({name})", elsewhere=True)
    if name in _GONE:
        return Unsayable(f"{_GONE[name]} ({name})", gone=True)
    if method.startswith("files.") and name in _NO_FILES:
        return Unsayable(f"{_NO_FILES[name]} ({name})")
    if name in _OURS:
        places = "; ".join(str(each) for each in (data.get("response_metadata") or {}).get("messages") or ())
        log.error("Slack refuses what was made for %s: %s %s", method, name, places)
        return Unsayable(f"Slack refuses how it was made: {name} {places}".strip())
    if name in _TOKEN:
        # What is to be said outlives a token: it waits until somebody has given the bot a good one.
        needs = f", it needs {data['needed']}" if data.get("needed") else ""
        log.critical(
            "Slack does not take the bot's token for %s: %s%s. Nothing is said until it does.", method, name, needs
        )
        return Away(f"Slack does not take the bot's token: {name}{needs}.", _TOKEN_AGAIN)
    if name in _PERHAPS or (status in (200, 500, 502, 504) and not name):
        # Slack says of these itself that some of it may have been done.
        return Unknown(f"Slack failed over it ({name or f'HTTP {status}'}): it may have been said.")
    if status >= 500:
        return Away(f"Slack is not available (HTTP {status}).")
    log.error("Slack gives an answer to %s that was not foreseen: HTTP %s %s", method, status, name)
    return Away(f"Slack answers {name or f'HTTP {status}'}.", _UNFORESEEN_AGAIN)


def lost(error: Exception, seconds: float) -> Away:
    """What it means that no answer came at all."""
    if isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError):
        return Away(f"Slack cannot be reached: {error}")
    if isinstance(error, TimeoutError):
        return Unknown(f"Slack gave no answer within {seconds:g} s: it may have been said.")
    return Unknown(f"The connection to Slack was lost before its answer came ({error}): it may have been said.")


def name_of(error: SlackApiError) -> str:
    """What Slack calls the error; where a proxy or a Slack in trouble answered something else, its HTTP status."""
    status, name, _ = _of(error)
    return name or f"HTTP {status}"


def _of(error: SlackApiError) -> tuple[int, str, dict[str, Any]]:
    """HTTP status, name of the error, and the answer as far as it is an object."""
    response = error.response
    status = getattr(response, "status_code", None) or getattr(response, "status", None) or 200
    data = getattr(response, "data", None)
    if not isinstance(data, dict):
        return int(status), "", {}
    return int(status), str(data.get("error", "")), data


def _retry_after(error: SlackApiError) -> float:
    headers = getattr(error.response, "headers", {})
    said = next((value for name, value in headers.items() if name.lower() == "retry-after"), "")
    return float(said) if str(said).isdigit() else _LIMITED_AGAIN

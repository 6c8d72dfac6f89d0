"""How Slack refuses: an error code in a 200 answer, with what belongs to it."""

from typing import Any


class SlackError(Exception):
    """A refusal of the Web API; `code` and `more` are what the answer holds beside `"ok": false`."""

    def __init__(self, code: str, **more: Any) -> None:
        super().__init__(code)
        self.code = code
        self.more = more

    @property
    def answer(self) -> dict[str, Any]:
        return {"ok": False, "error": self.code, **self.more}


class RateLimited(SlackError):
    """Too much in too short a time: HTTP 429, to be tried again after `after` seconds."""

    def __init__(self, after: int) -> None:
        super().__init__("ratelimited")
        self.after = after


def invalid_arguments(*messages: str) -> SlackError:
    """The arguments are wrong; each message says which, in Slack's form `[ERROR] …`."""
    said = [message if message.startswith("[ERROR]") else f"[ERROR] {message}" for message in messages]
    return SlackError("invalid_arguments", response_metadata={"messages": said})


def invalid_blocks(messages: list[str]) -> SlackError:
    """The blocks are wrong; each message ends with the JSON pointer of the place."""
    return SlackError(
        "invalid_blocks",
        errors=[one.removeprefix("[ERROR] ") for one in messages],
        response_metadata={"messages": messages},
    )

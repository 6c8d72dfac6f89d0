"""Made-up data for the page: people, channels, messages of every kind, a modal and a home."""

import time
from typing import Any, Final

Json = dict[str, Any]

NOW: Final = int(time.time())


def ts(minutes_ago: float) -> str:
    """The timestamp of a message of so many minutes ago."""
    return f"{NOW - int(minutes_ago * 60)}.000100"


def person(name: str, real_name: str, title: str, color: str) -> Json:
    initials = "".join(word[0] for word in real_name.split())
    email = f"{name}@aureus.example"
    return {
        "id": f"U{name.upper()}",
        "name": name,
        "real_name": real_name,
        "title": title,
        "email": email,
        "is_bot": name == "aureus",
        "color": color,
        "initials": initials,
    }


USERS: Final = [
    person("ana", "Ana Silva", "On-call", "3f7fb5"),
    person("ben", "Ben Okafor", "On-call, secondary", "8a6d3b"),
    person("chen", "Chen Li", "On-call next week", "4d8f5b"),
    person("dana", "Dana Weiss", "On-call lead", "9b5f9e"),
    person("elif", "Elif Kaya", "Engineering Manager", "b5544d"),
    person("femi", "Femi Adeyemi", "Engineering Manager", "55789a"),
    person("goran", "Goran Petrov", "DevOps Manager", "5d7052"),
    person("hana", "Hana Sato", "CISO", "a0527a"),
    person("ivan", "Ivan Costa", "CTO", "64609e"),
    person("olga", "Olga Brandt", "Guest", "7d6b60"),
    person("aureus", "Aureus", "", "2b2440"),
]
EVERYBODY: Final = [user["id"] for user in USERS]


def channel(name: str, topic: str, unread: int = 0) -> Json:
    channel_id = f"C{name.replace('-', '').upper()}"
    return {
        "id": channel_id,
        "name": name,
        "kind": "public",
        "topic": topic,
        "members": EVERYBODY,
        "is_member": True,
        "unread": unread,
    }


CHANNELS: Final = [
    channel("aureus-alerts", "All alerts", 3),
    channel("aureus-critical", "P0 and P1"),
    channel("aureus-warnings", "Warnings"),
    channel("aureus-on-call", "Who is on call, and what they do"),
    channel("aureus-changes", "Change requests", 1),
    channel("aureus-deployments", "Deployments"),
    channel("team-bridge", "Signatures"),
    channel("random", "Anything else"),
    {
        "id": "DAUREUS",
        "name": "",
        "kind": "im",
        "topic": "",
        "members": ["UANA", "UAUREUS"],
        "is_member": True,
        "unread": 0,
    },
    {"id": "DBEN", "name": "", "kind": "im", "topic": "", "members": ["UANA", "UBEN"], "is_member": True, "unread": 2},
]
ON_CALL: Final = "CAUREUSONCALL"
COMMANDS: Final = [
    {
        "command": "/aureus",
        "usage_hint": "scale bridge 5 | status | undo | help",
        "description": "Ask Aureus to do something, or to look",
    }
]


def text(words: str) -> Json:
    return {"type": "mrkdwn", "text": words}


def plain(words: str) -> Json:
    return {"type": "plain_text", "text": words, "emoji": True}


def button(action: str, label: str, **more: Any) -> Json:
    return {"type": "button", "action_id": action, "text": plain(label), "value": "run-7", **more}


STEPS: Final = "✅  Read the deployment: 3 of 3 ready\n⏳  Set `aureus-bridge` to 5 replicas\n▫️  Wait until 5 of 5 are ready, at most 5 minutes\n▫️  Read it back"  # noqa: E501 - one text, as it is sent

CARD: Final[list[Json]] = [
    {"type": "header", "block_id": "head", "text": plain("Scale bridge from 3 to 5")},
    {
        "type": "section",
        "block_id": "facts",
        "fields": [
            text("*Where*\n`aureus` · `aureus-bridge`"),
            text("*Who owns the number*\nNobody: no HPA"),
            text("*Room*\n4.2 CPU free, 0.5 needed"),
            text("*Risk*\nLow: within twice the baseline"),
        ],
    },
    {"type": "divider"},
    {"type": "section", "block_id": "steps", "text": text(STEPS)},
    {
        "type": "context",
        "block_id": "context",
        "elements": [
            text(
                f"Asked by <@UANA>, who may confirm it alone, until <!date^{NOW + 3600}^{{date_short_pretty}} {{time}}|an hour from now> · run `7f3a`"  # noqa: E501 - one text
            )
        ],
    },
    {
        "type": "actions",
        "block_id": "buttons",
        "elements": [
            button("confirm", "Confirm", style="primary"),
            button("decline", "Decline"),
            button(
                "cancel",
                "Cancel",
                confirm={
                    "title": plain("Cancel this run?"),
                    "text": text("Nothing was changed yet."),
                    "confirm": plain("Cancel the run"),
                    "deny": plain("Keep it"),
                },
            ),
            button("form", "Give a reason"),
        ],
    },
]

DONE: Final[list[Json]] = [
    {
        "type": "section",
        "block_id": "done",
        "text": text(
            "*Restarted openclaw* in 41 s\nRead back: 3 of 3 ready, revision 12. <https://grafana.example/d/openclaw|Its dashboard>"  # noqa: E501 - one text
        ),
        "accessory": {
            "type": "overflow",
            "action_id": "more",
            "options": [{"text": plain("Show the audit"), "value": "audit"}, {"text": plain("Undo"), "value": "undo"}],
        },
    },
    {
        "type": "table",
        "block_id": "table",
        "column_settings": [{}, {"align": "right"}, {"align": "right"}],
        "rows": [
            [{"type": "raw_text", "text": words} for words in row]
            for row in (
                ("Service", "p95 before", "p95 now"),
                ("openclaw", "1.31 s", "0.62 s"),
                ("bridge", "84 ms", "81 ms"),
            )
        ],
    },
]

ALERT: Final = {
    "color": "#d1364a",
    "blocks": [
        {
            "type": "section",
            "block_id": "alert",
            "text": text(
                "*P1 BridgeHighErrorRate* – 6.2 % of signatures fail\n&gt; over 5 % for 5 min, labels `a&lt;b &amp; c`"
            ),
        },
        {
            "type": "actions",
            "block_id": "offers",
            "elements": [
                button("restart", "Restart bridge", style="danger"),
                {
                    "type": "static_select",
                    "action_id": "severity",
                    "placeholder": plain("Severity"),
                    "options": [{"text": plain(name), "value": name} for name in ("P0", "P1", "P2", "P3")],
                },
                {"type": "users_select", "action_id": "assign", "placeholder": plain("Assign to")},
            ],
        },
    ],
}


def message(user: str, minutes_ago: float, words: str = "", **more: Any) -> Json:
    return {
        "ts": ts(minutes_ago),
        "user": user,
        "username": None,
        "text": words,
        "blocks": [],
        "attachments": [],
        "files": [],
        "thread_ts": None,
        "reply_count": 0,
        "reactions": [],
        "edited": False,
        "ephemeral": False,
        "deleted": False,
        **more,
    }


def messages() -> list[Json]:
    """The channel as it is at the beginning."""
    return [
        message(
            "UDANA",
            1500,
            "Handover is done, <@UANA> has the pager until Monday 09:00. :wave:",
            reactions=[{"name": "+1", "users": ["UANA", "UBEN"]}, {"name": "tada", "users": ["UCHEN"]}],
        ),
        message("UAUREUS", 64, "BridgeHighErrorRate", attachments=[ALERT], reply_count=3),
        message(
            "UBEN", 58, "Looks like the new image. I saw this *twice* last week:\n• pods restart\n• `errors` climb"
        ),
        message(
            "UBEN",
            57,
            "```kubectl -n aureus get pods\nNAME            READY   STATUS\naureus-bridge-1 1/1     Running```",
        ),
        message("UANA", 31, "Thanks, watching. See <#CAUREUSALERTS> and _its_ thread.", edited=True),
        message("UAUREUS", 12, "Restarted openclaw", blocks=DONE),
        message("UAUREUS", 2, "Scale bridge from 3 to 5", blocks=CARD),
        message("UAUREUS", 1, "I do not know *scael*. Did you mean `scale`? Nothing was changed.", ephemeral=True),
    ]


REPLIES: Final = [
    message("UAUREUS", 63, "<@UANA> <@UBEN> this is yours to look at."),
    message("UANA", 62, "On it."),
    message("UAUREUS", 61, "Acknowledged in PagerDuty as Ana Silva, read back at 09:14."),
]

VIEW: Final[Json] = {
    "id": "V1",
    "type": "modal",
    "callback_id": "reason",
    "title": plain("Give a reason"),
    "submit": plain("Save"),
    "close": plain("Cancel"),
    "private_metadata": "run-7",
    "blocks": [
        {"type": "section", "block_id": "intro", "text": text("Why should *bridge* run 5 replicas?")},
        {
            "type": "input",
            "block_id": "reason",
            "label": plain("Reason"),
            "hint": plain("It is kept in the audit."),
            "element": {"type": "plain_text_input", "action_id": "words", "multiline": True, "max_length": 300},
        },
        {
            "type": "input",
            "block_id": "ticket",
            "label": plain("Ticket"),
            "optional": True,
            "element": {"type": "number_input", "action_id": "number", "is_decimal_allowed": False, "min_value": "1"},
        },
        {
            "type": "input",
            "block_id": "tell",
            "label": plain("Tell"),
            "optional": True,
            "element": {
                "type": "checkboxes",
                "action_id": "who",
                "options": [
                    {"text": plain("The on-call lead"), "value": "lead"},
                    {"text": plain("The Engineering Managers"), "value": "managers", "description": plain("Both")},
                ],
            },
        },
        {
            "type": "input",
            "block_id": "with",
            "label": plain("Together with"),
            "optional": True,
            "element": {"type": "multi_users_select", "action_id": "people", "placeholder": plain("Add people")},
        },
    ],
}

HOME: Final[Json] = {
    "id": "VH",
    "type": "home",
    "blocks": [
        {"type": "header", "block_id": "h", "text": plain("Good morning")},
        {"type": "section", "block_id": "s", "text": text("*On call:* <@UANA>, then <@UBEN>.\nNo open incident.")},
        {"type": "divider"},
        {
            "type": "section",
            "block_id": "r",
            "text": text("*Waiting for you*\nScale bridge from 3 to 5"),
            "accessory": button("open", "Open"),
        },
    ],
}

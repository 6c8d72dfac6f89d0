"""The account of Aureus as the sandbox begins: its people, its two schedules, its policy and its service."""

from datetime import datetime, time, timedelta
from typing import Final

from sandbox.pagerduty.account import PagerDuty

#: Obviously fake, and the same in every run.
API_KEY: Final = "sandbox-pagerduty-api-key"
READ_ONLY_KEY: Final = "sandbox-pagerduty-read-only-key"
ROUTING_KEY: Final = "5a5db0c5a5db0c5a5db0c5a5db0c5a5d"
WEBHOOK_SECRET: Final = "sandbox-pagerduty-webhook-secret"
BOT_EMAIL: Final = "aureus-bot@aureus.example"

SERVICE: Final = "PSENTNL"
POLICY: Final = "PPOLICY"
PRIMARY: Final = "PPRIMRY"
SECONDARY: Final = "PSECNDR"
SUBSCRIPTION: Final = "PHOOK01"

# id, name, e-mail, title. Goran and Olga are not here: people whom PagerDuty does not know.
PEOPLE: Final = (
    ("PANA001", "Ana Silva", "ana@aureus.example", "On-call"),
    ("PBEN001", "Ben Okafor", "ben@aureus.example", "On-call, secondary"),
    ("PCHEN01", "Chen Li", "chen@aureus.example", "On-call next week"),
    ("PDANA01", "Dana Weiss", "dana@aureus.example", "On-call lead"),
    ("PELIF01", "Elif Kaya", "elif@aureus.example", "Engineering Manager"),
    ("PFEMI01", "Femi Adeyemi", "femi@aureus.example", "Engineering Manager"),
    ("PHANA01", "Hana Sato", "hana@aureus.example", "CISO"),
    ("PIVAN01", "Ivan Costa", "ivan@aureus.example", "CTO"),
    ("PBOT001", "Aureus Bot", BOT_EMAIL, "Bot"),
)
PRIORITIES: Final = (
    ("PPRIO00", "P0", "Service down, data loss, security breach"),
    ("PPRIO01", "P1", "Degraded, high error rate"),
    ("PPRIO02", "P2", "One component"),
    ("PPRIO03", "P3", "Warning, no user impact"),
)


def seed_aureus(account: PagerDuty, webhook_url: str = "") -> None:
    """Make all of it; with an address, the bot's webhook subscription too."""
    for id, name, email, title in PEOPLE:
        account.add_user(name, email, id, title)
    for id, name, description in PRIORITIES:
        account.add_priority(name, description, id)
    ana, ben, chen, dana = (account.person(who) for who in ("ana", "ben", "chen", "dana"))
    elif_, femi, hana, ivan = (account.person(who) for who in ("elif", "femi", "hana", "ivan"))
    monday = handoff_before(account.clock.now())
    primary = account.add_schedule("Primary", [ana, chen, dana], monday, id=PRIMARY)
    secondary = account.add_schedule("Secondary", [ben, ana], monday, id=SECONDARY)
    policy = account.add_policy("Aureus Sentinel", [[primary], [secondary], [elif_, femi], [ivan, hana]], id=POLICY)
    service = account.add_service("Aureus Sentinel", policy, ROUTING_KEY, SERVICE)
    account.add_key(API_KEY, "Aureus Bot")
    account.add_key(READ_ONLY_KEY, "Somebody who may look", read_only=True)
    if webhook_url:
        account.subscribe(webhook_url, WEBHOOK_SECRET, service=service, id=SUBSCRIPTION)


def handoff_before(at: datetime) -> datetime:
    """The last Monday 09:00 UTC."""
    monday = datetime.combine(at.date() - timedelta(days=at.weekday()), time(9), at.tzinfo)
    return monday if monday <= at else monday - timedelta(weeks=1)

"""A right configuration for tests to spoil, each change in one line that the test can name."""

from pathlib import Path

from bot.config import Mistake, check

COMMANDS = frozenset({"scale", "scale baseline", "restart", "pause", "unpause", "undo"})

SERVICES = """\
places:
  production: aureus
  staging: aureus-staging
services:
  bridge:
    about: signs approvals
    aliases: [signer]
    deployments: {production: aureus-bridge}
    baseline: 3
    signs: true
  openclaw:
    aliases:
      - claw
      - chat
    deployments:
      production: openclaw
      staging: openclaw
    baseline: 3
"""

PEOPLE = """\
roles: [team, on-call, engineering-manager]
people:
  - id: ana
    name: Ana Silva
    email: ana@aureus.example
    slack: UANA
    roles: [team, on-call]
  - id: elif
    name: Elif Kaya
    email: elif@aureus.example
    slack: UELIF
    roles: [team, engineering-manager]
"""

POLICY = """\
asking:
  read: [anyone]
  change: [team]
  commands:
    pause: [engineering-manager]
seats:
  - {command: [pause]}
  - {place: [production], risk: [low], own: [on-call]}
  - place: [production]
    risk: [medium, high]
    needs:
      - [engineering-manager]
    reason: true
    expires: 2h
  - {place: [staging]}
also:
  - {kind: [security], needs: [[engineering-manager], [team]]}
undo_covered: 30m
expires: 1h
"""

CHANNELS = """\
# Where things are said.
fallback: "#aureus-on-call"
"""

ALERTS = """\
alerts:
  ServiceDown: {severity: P0}
  SlowSignatures: {severity: P2, service: bridge}
labels: {critical: P1}
otherwise: P3
channel: "#aureus-alerts"
also:
  P0: ["#aureus-critical"]
"""

ESCALATION = """\
zone: Europe/Berlin
days: [mon, tue]
from: "09:00"
to: "18:00"
holidays: [2026-12-25]
business: [P2, P3]
ladder:
  P0:
    - {after: 0m, tell: [on-call]}
    - {after: 5m, tell: [team], level: 2, unless_taken: true}
  P3: []
security: [engineering-manager]
review_after: 18h
"""

RIGHT = {
    "services.yaml": SERVICES,
    "people.yaml": PEOPLE,
    "policy.yaml": POLICY,
    "channels.yaml": CHANNELS,
    "alerts.yaml": ALERTS,
    "escalation.yaml": ESCALATION,
}


def write(folder: Path, **files: str) -> Path:
    """A right configuration, but for the files that are given (``people=…``)."""
    folder.mkdir(exist_ok=True)
    for name, right in RIGHT.items():
        (folder / name).write_text(files.get(name.removesuffix(".yaml"), right), encoding="utf-8")
    return folder


def spoilt(folder: Path, file: str, old: str, new: str) -> list[Mistake]:
    """The mistakes of a configuration in which one piece of a file was replaced."""
    right = RIGHT[file]
    assert right.count(old) == 1, f"{old!r} must stand once in {file}"
    write(folder)
    (folder / file).write_text(right.replace(old, new), encoding="utf-8")
    return check([folder], COMMANDS)

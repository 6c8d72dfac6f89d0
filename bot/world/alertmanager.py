"""Alertmanager: the alerts that it has, and ending them."""

from typing import ClassVar

from bot.domain.alert import Alert
from bot.domain.record import record
from bot.domain.verb import Change, Check, Question


@record("alertmanager.firing")
class Firing(Question[tuple[Alert, ...]]):
    """The alerts that are active now and carry all of these labels; of all, when there are none."""

    labels: tuple[tuple[str, str], ...] = ()


@record("alertmanager.end")
class End(Change):
    """None of these alerts is active: each is ended now. One whose rule still holds fires again within a minute."""

    outside: ClassVar[bool] = False

    alerts: tuple[Alert, ...]

    @property
    def touches(self) -> str:
        return f"alerts {', '.join(sorted(alert.fingerprint for alert in self.alerts))}"

    def __str__(self) -> str:
        count = len(self.alerts)
        return f"End {count} {'alert' if count == 1 else 'alerts'} in Alertmanager"


@record("alertmanager.ended")
class Ended(Check):
    """None of these alerts, as they began, is active any more."""

    alerts: tuple[Alert, ...]

    def __str__(self) -> str:
        return "Alertmanager shows none of them"

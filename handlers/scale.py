"""Scale a service, telling the truth about who owns the number."""

from dataclasses import dataclass
from datetime import timedelta

from bot.runbook import (
    ALWAYS,
    Act,
    Ask,
    Bold,
    Facts,
    For,
    Item,
    Items,
    Mark,
    Offer,
    Offers,
    Part,
    Plan,
    Pointless,
    Runbook,
    Settles,
    Undo,
    arg,
    hours,
    note,
    spell,
    text,
    typed,
)
from bot.world import k8s
from bot.world.bot import Standing, StandingOn
from bot.world.catalogue import Service


@dataclass(frozen=True)
class Now:
    """What a scale needs to know."""

    size: k8s.Size
    #: What an earlier hold left on the number, or on the minimum of the autoscaler.
    held: Standing | None
    #: What an earlier hold left on the minimum of the autoscaler, where this is to be no hold.
    kept: Standing | None = None


class Scale(Runbook[Now]):
    """Run more, or fewer, replicas of a service.

    Waits until every replica is ready; if they are not in five minutes, the old number is put back.
    Where an autoscaler owns the number, a plain scale lasts until its next look: so it can be held instead, for a time
    (two hours unless you say otherwise), by raising the autoscaler's minimum. A hold is put back by itself at its end.
    """

    service: Service = arg("what to scale", example="bridge")
    replicas: int = arg("the number of replicas", example="5", least=0, most=50)
    how: str = arg("hold it, or set it once", example="hold", default="", choices=("hold", "once"))
    time: timedelta | None = arg("how long to hold it", example="2h", default=None, keyword="for")

    @classmethod
    def more_examples(cls) -> tuple[str, ...]:
        return "scale aureus-os 7 hold for 2h", "scale openclaw 4 in staging because load test"

    @property
    def deployment(self) -> k8s.Deployment:
        return self.service.at(self.place)

    @property
    def hold(self) -> bool:
        return self.how == "hold" or (self.how == "" and self.time is not None)

    async def look(self, ask: Ask) -> Now:
        if self.how == "once" and self.time is not None:
            raise Pointless("`once` has no end, so `for` says nothing.", "Say `hold for 2h`, or `once` alone.")
        size = await ask(k8s.SizeOf(self.deployment))
        owner = size.autoscaler if size.autoscaler and self.hold else None
        change = k8s.SetLeast(owner.ref, 1) if owner else k8s.SetReplicas(self.deployment, 0)
        held = await ask(StandingOn(change.touches))
        other = size.autoscaler if owner is None else None
        kept = await ask(StandingOn(k8s.SetLeast(other.ref, 1).touches)) if other else None
        return Now(size, held, kept)

    def plan(self, now: Now) -> Plan | Offers:
        owner = now.size.autoscaler
        if owner is not None and self.hold:
            return self._hold_least(now, owner)
        if now.size.wanted == self.replicas and not self.hold:
            return Offers(
                f"Already {_replicas(self.replicas)} of {self.service}, {now.size.ready} ready: nothing to do."
            )
        if owner is not None and self.how == "" and self.replicas > 0:
            return self._ask_how(now, owner)
        return self._set(now)

    def _set(self, now: Now) -> Plan:
        before = now.size.wanted
        undo = Undo(
            k8s.SetReplicas(self.deployment, before), k8s.Ready(self.deployment, before), self.service.risk_at(before)
        )
        shows = self._shown(now)
        owner = now.size.autoscaler
        if self.hold:
            shows.append(note("At its end the old number is put back by itself, also after a restart."))
        if owner is not None and self.replicas == 0:
            shows.append(note(f"At 0 replicas {owner.ref.name} is switched off, until somebody scales up again."))
        elif owner is not None:
            shows.append(note(f"Once: {owner.ref.name} may take it back at its next look, within a minute."))
        return Plan(
            f"Scale {self.service} from {before} to {self.replicas}{self._for}{self._where}",
            risk=self.service.risk_at(self.replicas),
            steps=(
                Act(
                    do=k8s.SetReplicas(self.deployment, self.replicas),
                    until=k8s.Ready(self.deployment, self.replicas),
                    undo=undo,
                    lasts=For(self.time or hours(2)) if self.hold else ALWAYS,
                    later=_first(now.held),
                ),
            ),
            places=frozenset({self.place}),
            relies=(owner.ref if owner else None, self.replicas == 0 and owner is not None),
            shows=tuple(shows),
            settles=_settles(now.held),
            offers=self._instead(now, before),
        )

    def _hold_least(self, now: Now, owner: k8s.Scaling) -> Plan | Offers:
        time = self.time or hours(2)
        if self.replicas > owner.most:
            return Offers(
                f"The autoscaler {owner.ref.name} allows {owner.most} at the most, so {self.replicas} cannot be held. "
                f"{self._at_most(owner)}"
            )
        own = _own_minimum(owner, now.held)
        if self.replicas < 1 or self.replicas <= own:
            without = " by itself" if now.held else ""
            return Offers(
                f"The autoscaler {owner.ref.name} holds {self.service} at {own} or more{without}: nothing to do."
                f"{_whose(now.held, owner)}",
                _put_back(now.held),
            )
        undo = Undo(k8s.SetLeast(owner.ref, owner.least), k8s.LeastIs(owner.ref, self.deployment, owner.least))
        return Plan(
            f"Hold {self.service} at {self.replicas} or more for {spell(time)}{self._where}",
            risk=self.service.risk_at(self.replicas),
            steps=(
                Act(
                    do=k8s.SetLeast(owner.ref, self.replicas),
                    until=k8s.LeastIs(owner.ref, self.deployment, self.replicas),
                    undo=undo,
                    lasts=For(time),
                    later=_first(now.held),
                ),
            ),
            places=frozenset({self.place}),
            relies=(owner.ref, owner.least, owner.most),
            shows=(*self._shown(now), note("At its end the old minimum is put back by itself, also after a restart.")),
            claims=frozenset({k8s.SetReplicas(self.deployment, 0).touches}),
            settles=_settles(now.held),
            offers=self._instead(now, owner.least),
        )

    def _ask_how(self, now: Now, owner: k8s.Scaling) -> Offers:
        own = _own_minimum(owner, now.kept)
        offers = [Offer("Set it once", self._words(self.replicas, " once")), *_put_back(now.kept)]
        if own < self.replicas <= owner.most:
            offers.insert(0, Offer(f"Hold {self.replicas} for 2 h", self._words(self.replicas, " hold for 2h")))
        because = (
            f"The autoscaler {owner.ref.name} ({owner.least}–{owner.most}) owns the number of {self.service}: "
            f"a plain scale to {self.replicas} lasts until its next look, within a minute.{_whose(now.kept, owner)}"
        )
        if self.replicas > owner.most:
            because += f" Nor can it be held, since the maximum is {owner.most}. {self._at_most(owner)}"
        elif self.replicas <= own:
            already = "without that hold" if now.kept else "already"
            because += f" Nor can it be held: a hold raises the minimum, and that is {own} {already}."
        if self.replicas < own:
            because += f" For fewer, whoever keeps {owner.ref.name} must lower its minimum first."
        return Offers(because, tuple(offers), tuple(self._shown(now)))

    def _at_most(self, owner: k8s.Scaling) -> str:
        """What can be done where the autoscaler does not allow the number."""
        return (
            f"“scale {self.service} {owner.most} hold{self._where}” holds as many as it allows; for more, "
            f"whoever keeps {owner.ref.name} must raise its maximum first."
        )

    def _words(self, replicas: int, how: str) -> str:
        """What is asked for, with another number or another way to do it."""
        return f"scale {self.service} {replicas}{how}{self._where}" + (
            f" because {self.because}" if self.because else ""
        )

    def _instead(self, now: Now, least: int) -> tuple[Offer, ...]:
        """As many as the nodes have room for, where it is fewer than were asked for and more than there are."""
        fit = now.size.wanted + now.size.room if now.size.room is not None else self.replicas
        if not max(now.size.wanted, least) < fit < self.replicas:
            return ()
        how = f" hold for {typed(self.time or hours(2))}" if self.hold else ""
        return (Offer(f"Scale to {fit} instead", self._words(fit, how or (f" {self.how}" if self.how else ""))),)

    def _shown(self, now: Now) -> list[Part]:
        """The facts, and a warning where the nodes have no room for all of it."""
        more, room = self.replicas - now.size.wanted, now.size.room
        if room is None or more <= room:
            return [self._facts(now)]
        short = f"The nodes have room for {room or 'none'} of the {more} more {'pod' if more == 1 else 'pods'}"
        then = "if the others find no room in five minutes, all is put back as it was"
        return [self._facts(now), Items((Item(Mark.WARN, text(Bold(short)), then),))]

    def _facts(self, now: Now) -> Facts:
        size, owner = now.size, now.size.autoscaler
        room = "not known" if size.room is None else f"for {size.room} more"
        return Facts(
            (
                ("Now", f"{_replicas(size.wanted)}, {size.ready} ready"),
                ("Then", f"{'at least ' if self.hold and owner else ''}{_replicas(self.replicas)}"),
                (
                    "Who owns the number",
                    f"{owner.ref.name} ({owner.least}–{owner.most})" if owner else "people; no autoscaler",
                ),
                ("Room on the nodes", room),
            )
        )

    @property
    def _for(self) -> str:
        return f" for {spell(self.time or hours(2))}" if self.hold else ""

    @property
    def _where(self) -> str:
        return "" if self.place == "production" else f" in {self.place}"


def _replicas(n: int) -> str:
    return f"{n} {'replica' if n == 1 else 'replicas'}"


def _first(held: Standing | None) -> Undo | None:
    """One hold an object: at its end a second one goes back to what was before the first."""
    return held.undo if held else None


def _own_minimum(owner: k8s.Scaling, held: Standing | None) -> int:
    """The minimum that an autoscaler has without the hold that stands on it."""
    changes = held.undo.changes if held else ()
    return next((change.least for change in changes if isinstance(change, k8s.SetLeast)), owner.least)


def _whose(held: Standing | None, owner: k8s.Scaling) -> str:
    """That the minimum is as it is by a hold, and whose; as a sentence behind another one."""
    if held is None:
        return ""
    return f" {held.run.request.who.name} holds it at {owner.least} or more now ({held.run.id})."


def _put_back(held: Standing | None) -> tuple[Offer, ...]:
    return (Offer("Put that hold back", f"undo {held.run.id}"),) if held else ()


def _settles(held: Standing | None) -> tuple[Settles, ...]:
    return (Settles(held.run.id, frozenset({held.step})),) if held else ()

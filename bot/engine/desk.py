"""The desk: where every request arrives, is understood, and becomes a run or a reply to one."""

import contextlib
import logging
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

from bot.domain import card_offers, incident_offers
from bot.domain.errors import Away, Conflict, Full, Refusal, Unanswerable, Unreadable, nothing_changed
from bot.domain.event import Refined
from bot.domain.incident import Incident
from bot.domain.offer import Offer, offered
from bot.domain.person import Person, Who, roles
from bot.domain.policy import Policy
from bot.domain.report import Report, Tone
from bot.domain.request import Notice, Place, Request
from bot.domain.run import Phase, Run
from bot.engine import teller
from bot.engine.cases import Cases
from bot.engine.commands import Commands, Understood, stray_refused
from bot.engine.incident_teller import card_keys
from bot.engine.meant import incident_meant, run_meant
from bot.engine.reply import REPLIES, SYNONYMS, Reply, how_it_stands, plan_meant
from bot.engine.words import because_of, mask, mentioned, named, plain
from bot.ports import Clock, Directory, Journal, Kind, Outbox, Say

log = logging.getLogger(__name__)

#: What to do about a press that came to nothing.
PRESS_AGAIN = "Nothing was changed. Press again."

_GRACE = timedelta(seconds=10)  # what is younger is still in somebody's hands
_UPGRADE = timedelta(minutes=1)  # so long it waits for a later release, which takes it in seconds where there is one
_TRIES = 5  # how often a reply folds again when others are quicker


class Desk:
    """Takes requests from all doors."""

    def __init__(
        self,
        journal: Journal,
        outbox: Outbox,
        directory: Directory,
        cases: Cases,
        commands: Commands,
        policy: Policy,
        clock: Clock,
        notices: Callable[[Notice], Awaitable[None]],
    ) -> None:
        self._journal = journal
        self._outbox = outbox
        self._notices = notices
        self._directory = directory
        self._in_hand: set[str] = set()
        self._cases = cases
        self._commands = commands
        self._policy = policy
        self._clock = clock

    async def receive(self, request: Request) -> bool:
        """Store what came in, with secrets masked. False when it came before. Raises ``Full``: nothing is stored."""
        return await self._journal.receive(replace(request, words=mask(request.words)))

    async def take(self, request: Request) -> str:
        """Make a run of a stored request, or the reply that it is; whatever stands in the way is said to the asker.

        The case that it became or was a reply to; "" when it is none.
        """
        if request.key in self._in_hand:
            return ""
        self._in_hand.add(request.key)
        try:
            return await self._take(request)
        except (Away, Full) as away:
            log.warning("%s is taken later: %s", request.key, away.because)
        except Refusal as no:
            said = str(no) if isinstance(no, Unanswerable) else nothing_changed(str(no))
            hint = said.removeprefix(no.because).strip()
            await self._say_privately(request, teller.refusal(no.because, hint))
        except Conflict:
            run = await self._cases.load(request.case)
            if run is None:
                log.warning("%s is taken later: others were quicker, again and again", request.key)
                return ""
            if run.request.key != request.key:
                # An id has forty bits: that of another run may be the same by chance, and is none of the next asking.
                because = (
                    f"By chance the number of your run would be that of an earlier one, {run.id}: it was not begun."
                )
                await self._say_privately(request, teller.refusal(because, "Nothing was changed. Say it again."))
                return ""
            # It is a run already: the same request was taken before and not marked.
            await self._journal.append(taken=request.key)
            await self._cases.wake(run)
            return run.id
        except Exception as error:  # noqa: BLE001 - the last net: told to the asker, with a token, never swallowed
            if isinstance(error, Unreadable) and self._clock.now() < request.at + _UPGRADE:
                self._cases.later.leave(error.case or request.key, error)
                return ""
            await self._unforeseen(request, error)
        finally:
            self._in_hand.discard(request.key)
        return ""

    async def unopened(self, request: Request, because: str) -> None:
        """Answer a press whose form did not open, with what can be typed instead of it. Raises ``Full``."""
        case, key = (*request.words.split(" ")[1:3], "", "")[:2]
        run = await self._cases.either(case)
        offer = self._offer(run, key) if run is not None else None
        hint = f"{PRESS_AGAIN[:-1]}, or type `{offer.typed}`." if offer is not None else PRESS_AGAIN
        say = Say(f"private:{request.key}", Kind.PRIVATE, teller.refusal(because, hint), request.place, request.who)
        await self._journal.append(says=(say,))

    async def sweep(self) -> int:
        """Take what came in and was not taken, as after a crash; how many there were."""
        waiting = await self._journal.untaken(until=self._clock.now() - _GRACE)
        for request in waiting:
            await (self.take(request) if isinstance(request, Request) else self._notices(request))
        return len(waiting)

    async def _take(self, request: Request) -> str:
        # Plain signs may make a secret of what did not look like one.
        words = mask(plain(await self._named(request, mask(request.words))))
        verb, _, rest = words.partition(" ")
        if verb == "react":
            return await self._react(request, rest)
        person = await self._person(request)
        request = replace(request, who=person.who)
        if verb == "press":
            return await self._press(request, person, rest)
        spoken = verb.lower().replace("_", "-")
        if (spoken := SYNONYMS.get(spoken, spoken)) in REPLIES:
            return await self._reply(request, person, spoken, rest, typed=True)
        understood = self._may_ask(request, person, words)
        stray_refused(understood)
        if understood.no_incident:  # it is written into the words: what is done is of that one, and on its card
            case = await self._thread_of(request.place)
            words = understood.about(case or await incident_meant(self._cases, understood))
            understood = self._commands.understand(request, words)
        return (await self._cases.open(replace(request, words=words, of=await self._card_here(request, understood)))).id

    async def _thread_of(self, place: Place) -> str:
        """The incident in the thread of whose card something was said; "" when it was said elsewhere."""
        card = await self._outbox.card_at(place.channel, place.thread) if place.thread else ""
        case = teller.case_of(card)
        return case if case.startswith("i-") else ""

    async def _card_here(self, request: Request, understood: Understood) -> str:
        """The incident that words name which change something, if its card is where they were said: like a press."""
        case = understood.incident if understood.changes else ""
        incident = await self._cases.incident(case) if case else None
        for found in await self._outbox.deliveries(card_keys(incident)) if incident is not None else ():
            if found.channel == request.place.channel:
                return case
        return ""

    async def _named(self, request: Request, words: str) -> str:
        """The words with those by name whom they mention: what is written down is read by people."""
        door = request.who.id.partition(":")[0]
        for account in mentioned(words):
            person = None
            with contextlib.suppress(Away):
                person = await self._directory.person(Who(f"{door}:{account}", account))
            words = named(words, account, person.name) if person is not None else words
        return words

    async def _person(self, request: Request) -> Person:
        person = await self._directory.person(request.who)
        if person is None:
            raise Refusal(
                f"I do not know you ({request.who.name}), so I answer nothing about the platform.",
                "Somebody who keeps config/people.yaml can add you. Nothing was changed.",
            )
        return person

    def _may_ask(self, request: Request, person: Person, words: str) -> Understood:
        understood = self._commands.understand(request, words)
        command = understood.handler.command
        if not self._policy.may(person, command, understood.changes):
            who = roles(self._policy.roles_for(command, understood.changes))
            raise Refusal(
                f"You may not ask for `{command}`: that is for {who}.",
                "Nothing was changed. `help` lists what you may run, `whoami` what you are.",
            )
        return understood

    async def _press(self, request: Request, person: Person, rest: str) -> str:
        """A button names card and offer; what it stands for is what the card offers now."""
        case, key, said = (*rest.split(" ", 2), "", "", "")[:3]
        run = await self._cases.either(case)
        if run is None:
            raise Refusal("That button belongs to no card that I know.", "Nothing was changed.")
        offer = self._offer(run, key, said)
        if offer is None:
            how = how_it_stands(run) if isinstance(run, Run) else f"{run.id} is {run.stage.value}."
            # Who wrote something has it in no other place.
            yours = f" You wrote: “{said}”" if said else ""
            raise Refusal(
                f"That button belongs to an earlier state of its card. {how}",
                f"Nothing was changed. The card shows what can be done now.{yours}",
            )
        words = f"{offer.words} {said}".strip() if offer.incomplete else offer.words
        verb, _, further = words.partition(" ")
        if verb in REPLIES:
            return await self._reply(request, person, verb, further)
        if isinstance(run, Run) and run.phase in (Phase.CHOOSING, Phase.WAITING):
            return await self._refine(request, person, run.id, offer, words)
        self._may_ask(request, person, words)
        return (await self._cases.open(replace(request, words=words, of=run.id))).id

    async def _react(self, request: Request, rest: str) -> str:
        """✅ on the card of an incident acknowledges it; on anything else it is nobody's business here."""
        channel, _, ts = rest.partition(" ")
        case = teller.case_of(await self._outbox.card_at(channel, ts))
        # Who reacted is looked up only then: whoever reacts to other messages is told nothing.
        if not case.startswith("i-") or await self._of_a_bot(request):
            await self._journal.append(taken=request.key)
            return ""
        who = (await self._person(request)).who
        return (await self._cases.open(replace(request, who=who, words=f"acknowledge {case}", of=case))).id

    async def _of_a_bot(self, request: Request) -> bool:
        return await self._directory.person(request.who) is None and await self._directory.is_bot(request.who)

    async def _reply(self, request: Request, person: Person, verb: str, rest: str, typed: bool = False) -> str:
        case, _, further = rest.partition(" ")
        case = case.lower()
        if case in ("", "because"):
            case, further = await run_meant(self._cases, request, person, verb), rest
        elif not case.startswith("r-"):
            raise Refusal(f"“{case[:20]}” is no run: they are called like r-7hb2k9qd.", f"Say `{REPLIES[verb].usage}`.")
        further, because = because_of(further)
        said = further.strip()
        for _ in range(_TRIES):
            run = await self._cases.load(case)
            if run is None:
                raise Refusal(f"I know no run {case[:20]}.", "`runs` lists the last ones. Nothing was changed.")
            may_change = self._policy.may(person, run.command or "", changes=True)
            if verb == "agree":  # typed, it names no plan: once is said which one is meant, and others may be quicker
                said = said or plan_meant(run, request.at)
            reply = Reply(run, person, said, because, self._clock.now(), request.at, may_change)
            event = REPLIES[verb].decide(reply)
            # Who presses sees the card. The terminal shows it, too.
            answered = typed and bool(request.place.channel)
            says = (
                [teller.answered(request, verb, run.after(event), how_it_stands(run.after(event)))] if answered else []
            )
            try:
                after = await self._cases.write(run, event, taken=request.key, says=says)
            except Conflict:
                continue
            await self._cases.wake(after)
            return after.id
        raise Refusal("Too many people answered this at once.", "Nothing of yours was changed; press again.")

    async def _refine(self, request: Request, person: Person, case: str, offer: Offer, words: str) -> str:
        """Choose what the card of a run offers, as long as it offers it still."""
        for _ in range(_TRIES):
            run = await self._cases.load(case)
            if run is None or offer not in card_offers.offers(run):
                stands = how_it_stands(run) if run is not None else ""
                raise Refusal(f"This can no longer be chosen. {stands}".strip(), "Nothing was changed by this.")
            if person.id != run.request.who.id:
                raise Refusal(
                    f"{run.request.who.name} asked for this, so the choice is theirs.",
                    f"You can ask for it yourself: `{words}`.",
                )
            self._may_ask(request, person, words)
            try:
                after = await self._cases.write(
                    run, Refined(self._clock.now(), person.who, words=words), taken=request.key
                )
            except Conflict:
                continue
            await self._cases.wake(after)
            return after.id
        raise Refusal("Too many answers came at once.", "Nothing of yours was changed; press again.")

    async def _unforeseen(self, request: Request, error: Exception) -> None:
        """It is done with all the same: taken again it would fail again, before all that waits behind it."""
        token = secrets.token_hex(4)
        log.error("unforeseen while taking %s [%s]", request.key, token, exc_info=error)
        words = f"Something unforeseen happened, and your words were not carried out; the log has it under {token}."
        with contextlib.suppress(Full):
            await self._say_privately(
                request, teller.refusal(words, "Nothing was changed. Say them again, or otherwise.", Tone.WARN)
            )

    async def _say_privately(self, request: Request, report: Report) -> None:
        say = Say(f"private:{request.key}", Kind.PRIVATE, report, request.place, request.who)
        await self._journal.append(says=(say,), taken=request.key)

    def _offer(self, run: Run | Incident, key: str, said: str = "") -> Offer | None:
        """The offer of this key that the card makes now, or has made: then its reply says why it comes too late."""
        if isinstance(run, Incident):
            made = (*incident_offers.offers(run, self._cases.people), *incident_offers.once_offered(run))
        else:
            made = (*card_offers.offers(run), *card_offers.once_offered(run))
        return offered(made, key, said)

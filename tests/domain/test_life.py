"""The life of a run: whatever happens in whatever order, the fold holds together."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain import event as e
from bot.domain.card import tell
from bot.domain.card_offers import offers, undoable
from bot.domain.case import Impossible
from bot.domain.gate import OPEN, Gate
from bot.domain.move import Give, Inspect, Make, Open, Rest, Survey, next_move
from bot.domain.offer import Offer
from bot.domain.person import BOT
from bot.domain.plan import Act, For, Never, Offers, OrElse, Plan, Through, Wait
from bot.domain.report import Items, Note, Tone
from bot.domain.run import LIFE, Phase, Run
from bot.domain.sentence import flat
from bot.domain.verb import Answer, At, Met, NotYet, Stays, Ticked
from tests.domain.toy import ANA, ELIF, MANAGER, NOW, OWN, PEOPLE, Is, act, plan, request

PLANS = (
    plan(),
    plan(act("one", "a"), act("two", "b", or_else=OrElse.ASK), act("three", "c", forever=True)),
    plan(act("hold", "a", lasts=For(timedelta(hours=2)))),
    plan(act("scratch", "a", lasts=Through("work")), act("work", "b", or_else=OrElse.GO_ON), act("last", "c")),
    plan(Wait((Ticked("somebody looked"), At(NOW + timedelta(minutes=3)))), act("after", "a")),
    plan(act("one", "a"), act("two", "b", once=True), act("three", "c", once=True)),
    plan(act("one", "a"), Wait((Stays(Is("a", 1), timedelta(minutes=2)),), within=timedelta(minutes=30))),
)


def born() -> Run:
    return Run.born(e.Requested(NOW, ANA, request=request()))


def planned(plan_: Plan, gate: object = OPEN, at: datetime = NOW) -> e.Planned:
    return e.Planned(at, plan=plan_, gate=gate, digest=plan_.digest("w", gate.signed), command="set")  # type: ignore[arg-type,attr-defined]  # any gate


class World:
    """Drives a run as the driver does, with answers that the test draws."""

    def __init__(self, draw: st.DataObject, plan_: Plan) -> None:
        self.draw, self.plan, self.now = draw, plan_, NOW

    def step(self, run: Run) -> Run | None:
        """The run after its next move, or ``None`` when it rests for good."""
        move = next_move(run, self.now)
        self.now += timedelta(seconds=self.draw.draw(st.integers(0, 400)))
        if self.draw.draw(st.integers(0, 9)) == 0 and e.Postponed in LIFE[run.phase]:
            return run.after(e.Postponed(self.now, because="away", until=self.now + timedelta(seconds=5)))
        match move:
            case Survey():
                return run.after(planned(self.plan, self.draw.draw(st.sampled_from((OPEN, OWN, MANAGER)))))
            case Open():
                return run.after(e.Opened(self.now))
            case Give(event):
                return run.after(event)
            case Make(step, back):
                attempt = run.leg.attempt + 1 if run.leg else 1
                run = run.after(e.Started(self.now, step=step, back=back, attempt=attempt))
                return run.after(e.Made(self.now, step=step, back=back))
            case Inspect(step, back):
                return self.look(run, step, back)
            case Rest(until):
                return self.rest(run, until)

    def look(self, run: Run, step: str, back: bool) -> Run:
        what = self.draw.draw(st.sampled_from(("passed", "failed", "looked", "looked")))
        if what == "passed":
            return run.after(e.Passed(self.now, step=step, back=back, answers=(Met("read back"),)))
        if what == "failed":
            return run.after(e.Failed(self.now, step=step, back=back, because="it broke"))
        undo_checks = 1
        count = len(run.step(step).checks) if not back else undo_checks
        said: st.SearchStrategy[Answer] = st.sampled_from([Met(), NotYet("3 of 5")])
        answers = tuple(self.draw.draw(said) for _ in range(count))
        return run.after(e.Looked(self.now, step=step, back=back, answers=answers))

    def rest(self, run: Run, until: datetime | None) -> Run | None:
        if run.phase is Phase.WAITING:
            who = {"ana": ANA, "elif": ELIF}[sorted(run.gate.seats[0].people)[0]]
            roles = PEOPLE.get(who.id).roles  # type: ignore[union-attr]  # both are known
            return run.after(e.Agreed(self.now, who, digest=run.digest, roles=roles))
        if run.phase is Phase.ASKING:
            choice = self.draw.draw(st.sampled_from(("undo", "keep", "go-on", "again")))
            return run.after(e.Answered(self.now, ANA, choice=choice))
        if until is not None:
            self.now = max(self.now, until)
            return run
        return None


@settings(max_examples=300, deadline=None)
@given(st.data(), st.sampled_from(PLANS))
def test_whatever_the_world_answers_a_run_comes_to_an_end_or_rests_for_people(data: st.DataObject, plan_: Plan) -> None:
    world, run = World(data, plan_), born()
    for _ in range(60):
        then = world.step(run)
        if then is None:
            assert run.over
            assert run.due is None
            break
        assert then.position >= run.position
        # Whatever state it is in, it can be told, and what it needs next can be said.
        report = tell(then, PEOPLE)
        assert report.summary
        next_move(then, world.now)
        # What stands is known by its step, once; what was put back stands no longer.
        names = [stand.step for stand in then.stands]
        assert len(set(names)) == len(names)
        assert set(names) <= {step.name for step in plan_.steps if isinstance(step, Act)}
        if then.phase is Phase.OVER and then.ended and then.ended.how == "put back":
            assert all(isinstance(then.way_back(stand.step), Never) for stand in then.stands)
        run = then


@settings(deadline=None)
@given(st.sampled_from(list(Phase)), st.sampled_from([k for kinds in LIFE.values() for k in kinds]))
def test_what_the_table_does_not_allow_is_refused(phase: Phase, kind: type[e.Event]) -> None:
    run = in_phase(phase)
    allowed = kind in LIFE[phase] or (kind in (e.Begotten, e.Settled) and phase is not Phase.OVER)
    if allowed:
        return
    with pytest.raises(Impossible):
        run.after(kind(NOW))


def in_phase(phase: Phase) -> Run:
    """A run that is in this phase by what happened to it."""
    hold = plan(act("hold", "a", lasts=For(timedelta(hours=1))))
    start = [planned(hold), e.Opened(NOW)]
    made = [e.Started(NOW, step="hold"), e.Made(NOW, step="hold")]
    events: dict[Phase, Sequence[e.Event]] = {
        Phase.ASKED: [],
        Phase.CHOOSING: [e.Offered(NOW, offers=Offers("choose"))],
        Phase.WAITING: [planned(hold, MANAGER)],
        Phase.AGREED: [planned(hold)],
        Phase.DOING: [*start],
        Phase.UNDOING: [*start, *made, e.Failed(NOW, step="hold", because="no")],
        Phase.ASKING: [*start, e.Asked(NOW, because="what now")],
        Phase.STANDING: [*start, *made, e.Passed(NOW, step="hold"), e.Ended(NOW, how="done")],
        Phase.OVER: [e.Ended(NOW, how="refused")],
    }
    run = born()
    for event in events[phase]:
        run = run.after(event)
    assert run.phase is phase
    return run


def test_a_run_begins_with_its_request_and_with_nothing_else() -> None:
    with pytest.raises(Impossible):
        Run.born(e.Opened(NOW))


def test_a_hold_is_put_back_at_its_end_and_is_a_loose_end_until_then() -> None:
    run = in_phase(Phase.STANDING)
    assert [stand.step for stand in run.loose] == ["hold"]
    assert run.due == NOW + timedelta(hours=1)
    assert next_move(run, NOW + timedelta(minutes=59)) == Rest(run.due)
    assert next_move(run, NOW + timedelta(hours=1)) == Make("hold", back=True)
    for event in (
        e.Started(NOW, step="hold", back=True),
        e.Made(NOW, step="hold", back=True),
        e.Passed(NOW, step="hold", back=True),
    ):
        run = run.after(event)
    assert run.over
    assert run.loose == ()


def test_what_lasts_through_a_step_is_put_back_before_the_next_one() -> None:
    scratch = plan(act("scratch", "a", lasts=Through("work")), act("work", "b"), act("last", "c"))
    run = born().after(planned(scratch)).after(e.Opened(NOW))
    for name in ("scratch", "work"):
        for event in (e.Started(NOW, step=name), e.Made(NOW, step=name), e.Passed(NOW, step=name)):
            run = run.after(event)
    assert next_move(run, NOW) == Make("scratch", back=True)


def test_after_three_unforeseen_errors_it_rests_for_people_and_says_the_token() -> None:
    run = in_phase(Phase.DOING)
    for token in ("aaaa", "bbbb", "cccc"):
        run = run.after(e.Stumbled(NOW, token=token))
    assert run.phase is Phase.ASKING
    assert "cccc" in run.asking


def test_a_new_plan_forgets_what_was_agreed_to_the_old_one() -> None:
    run = in_phase(Phase.WAITING)
    agreed = run.after(e.Agreed(NOW, ELIF, digest=run.digest, roles=frozenset({"engineering-manager"})))
    assert agreed.phase is Phase.AGREED
    anew = agreed.after(e.Drifted(NOW, was=run.digest)).after(planned(plan(act(to=2)), MANAGER))
    assert anew.phase is Phase.WAITING
    assert anew.agreed == {}


def test_who_chooses_another_plan_forgets_what_was_agreed_to_this_one() -> None:
    run = in_phase(Phase.WAITING)
    two = Gate((*MANAGER.seats, *OWN.seats))
    run = born().after(planned(plan(), two)).after(e.Agreed(NOW, ANA, digest=run.digest, roles=frozenset({"on-call"})))
    assert run.phase is Phase.WAITING
    late = NOW + timedelta(minutes=50)
    anew = run.after(e.Refined(late, ANA, words="set a 2"))
    assert (anew.phase, anew.words, anew.plan, anew.agreed, anew.signers) == (Phase.ASKED, "set a 2", None, {}, ())
    assert anew.expires == late + timedelta(hours=1)
    assert tell(anew, PEOPLE).title == "set a 2"


@pytest.mark.parametrize(
    ("how", "tone"), [("nothing", Tone.PLAIN), ("cancelled", Tone.PLAIN), ("refused", Tone.WARN), ("failed", Tone.BAD)]
)
def test_only_what_needs_attention_asks_for_it(how: str, tone: Tone) -> None:
    assert tell(born().after(e.Ended(NOW, ANA, how=how, because="It is so.")), PEOPLE).tone is tone


def test_what_a_person_had_put_back_asks_for_no_attention() -> None:
    begun = (planned(plan()), e.Opened(NOW), e.Started(NOW, step="one"), e.Made(NOW, step="one"))
    back = (e.Started(NOW, step="one", back=True), e.Passed(NOW, step="one", back=True), e.Ended(NOW, how="put back"))
    stopped = (e.Cancelled(NOW, ANA), e.Passed(NOW, step="one"), e.Asked(NOW), e.Answered(NOW, ANA, choice="undo"))
    assert tell(_after(born(), *begun, *stopped[:1]), PEOPLE).tone is Tone.RUNNING
    assert tell(_after(born(), *begun, *stopped), PEOPLE).tone is Tone.RUNNING
    assert tell(_after(born(), *begun, *stopped, *back), PEOPLE).tone is Tone.GOOD
    assert tell(_after(born(), *begun, e.Failed(NOW, step="one"), *back), PEOPLE).tone is Tone.WARN


def test_a_child_that_came_to_nothing_is_no_line_of_the_card_unless_nobody_else_is_told() -> None:
    def lines(child: Run) -> int:
        return sum(len(part.items) for part in tell(born(), PEOPLE, (child,)).parts if isinstance(part, Items))

    asked = Run.born(e.Requested(NOW, ANA, request=request(of="r-00000000")))
    assert lines(asked) == 1, "it may come to something"
    assert lines(asked.after(e.Ended(NOW, how="refused", because="No."))) == 0
    assert lines(asked.after(planned(plan(), MANAGER)).after(e.Ended(NOW, how="expired"))) == 1, "it has a card"
    begun = (planned(plan()), e.Opened(NOW), e.Started(NOW, step="one"), e.Failed(NOW, step="one"))
    assert lines(_after(asked, *begun, e.Ended(NOW, how="failed"))) == 1, "it has changed something"
    by_itself = Run.born(e.Requested(NOW, request=replace(request(of="r-00000000"), who=BOT)))
    assert lines(by_itself.after(e.Ended(NOW, how="refused"))) == 1


def test_a_step_without_a_way_back_among_others_is_named() -> None:
    def way(plan_: Plan) -> str:
        notes = [part for part in tell(born().after(planned(plan_, MANAGER)), PEOPLE).parts if isinstance(part, Note)]
        return flat(notes[0].text.parts)

    assert way(plan(act(forever=True))) == "Way back: none – it cannot."
    two = plan(act(), act("two", "b", 2, forever=True))
    assert way(two) == "Way back: Set a to 0; none for “Set b to 2” – it cannot."


def test_a_way_back_for_a_step_that_broke_ends_with_the_proof_that_it_worked() -> None:
    """As that of a restart: put back when it breaks, and nothing to take back once it is done, then or later."""
    two_steps = plan(act("one", "a", once=True), act("two", "b"))
    begun = _after(born(), planned(two_steps), e.Opened(NOW), e.Started(NOW, step="one"), e.Made(NOW, step="one"))
    assert next_move(begun.after(e.Failed(NOW, step="one", because="no")), NOW) == Make("one", back=True)
    left = _after(begun, e.Asked(NOW, because="what now"), e.Answered(NOW, ANA, choice="keep"))
    assert offers(left) == (Offer("Undo", f"undo {left.id}"),)

    proved = _after(begun, e.Passed(NOW, step="one"), e.Started(NOW, step="two"), e.Failed(NOW, step="two"))
    assert next_move(proved, NOW) == Make("two", back=True)
    back = _after(
        proved,
        e.Started(NOW, step="two", back=True),
        e.Made(NOW, step="two", back=True),
        e.Passed(NOW, step="two", back=True),
    )
    assert next_move(back, NOW) == Give(e.Ended(NOW, how="put back"))
    assert not undoable(back)


def _after(run: Run, *events: e.Event) -> Run:
    for event in events:
        run = run.after(event)
    return run


def test_what_has_an_end_needs_a_way_back_after_it_worked() -> None:
    with pytest.raises(ValueError, match="needs a way back"):
        act("one", "a", lasts=For(timedelta(hours=1)), once=True)


def test_what_could_not_be_put_back_can_be_tried_again_or_left_and_nothing_else() -> None:
    again = (e.Started(NOW, step="hold", back=True), e.Failed(NOW, step="hold", back=True, because="no"))
    run = _after(in_phase(Phase.UNDOING), *again)
    assert [offer.label for offer in offers(run)] == ["Try again", "Leave it as it is"]


def test_what_is_refused_at_its_first_call_ends_the_run_only_where_nothing_stands() -> None:
    run = born().after(planned(plan(act("one", "a", or_else=OrElse.ASK), act("two", "b", or_else=OrElse.ASK))))
    run = run.after(e.Opened(NOW)).after(e.Started(NOW, step="one", attempt=1))
    refused = run.after(e.Failed(NOW, step="one", because="no", unmade=True))
    assert refused.ended is not None
    assert (refused.phase, refused.ended.how, refused.changed) == (Phase.OVER, "refused", False)
    assert run.after(e.Failed(NOW, step="one", because="no")).phase is Phase.ASKING
    second = run.after(e.Passed(NOW, step="one")).after(e.Started(NOW, step="two", attempt=1))
    rests = second.after(e.Failed(NOW, step="two", because="no", unmade=True))
    assert (rests.phase, [stand.step for stand in rests.stands]) == (Phase.ASKING, ["one"])


def test_whatever_brings_a_run_of_another_case_to_rest_for_people_gives_it_a_card() -> None:
    child = Run.born(e.Requested(NOW, ANA, request=request(of="i-7hb2k9qd")))
    run = child.after(planned(plan(act(or_else=OrElse.ASK)))).after(e.Opened(NOW)).after(e.Started(NOW, step="one"))
    assert not run.carded
    assert run.after(e.Failed(NOW, step="one", because="it broke")).carded
    assert run.after(e.Asked(NOW, because="it is away")).carded

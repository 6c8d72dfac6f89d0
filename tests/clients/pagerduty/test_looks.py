"""What is asked of PagerDuty: incidents, people, who is on call."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.clients.pagerduty import PagerDuty
from bot.domain.errors import Refusal
from bot.domain.verb import At, Change, Check, Question
from bot.world import bot as bot_world
from bot.world import pagerduty as pd
from sandbox.pagerduty.aureus import API_KEY, POLICY
from tests.clients.pagerduty.stand import ANA, BEN, Stand, tell

START = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


def test_an_incident_is_read_whole(tmp_path: Path) -> None:
    async def story(stand: Stand) -> None:
        page = await stand.page()
        assert page == pd.Page(
            id=stand.incident.id,
            number=1,
            url=f"https://aureus.pagerduty.example/incidents/{stand.incident.id}",
            status=pd.Status.TRIGGERED,
            title="It burns",
            key="fire",
            created=START,
            assignees=(pd.User(ANA, "Ana Silva", "ana@aureus.example"),),
        )
        stand.ends()
        page = await stand.page()
        assert (page.status, page.resolver, page.resolved_at) == (pd.Status.RESOLVED, None, START)

    tell(tmp_path, story)


def test_by_key_an_open_one_comes_first_however_old_and_else_the_newest(tmp_path: Path) -> None:
    async def story(stand: Stand) -> None:
        first = stand.incident
        stand.passes(70 * 86400)  # longer than the month that PagerDuty looks back by itself
        stand.incident = stand.trigger()
        stand.resolves(ANA)
        page = await stand.bot.ask(pd.PageOf(key="fire"))
        assert page is not None
        assert page.id == first.id
        stand.incident, second = first, stand.incident
        stand.resolves(ANA)
        stand.passes(70 * 86400)
        page = await stand.bot.ask(pd.PageOf(key="fire"))
        assert page is not None
        assert page.id == second.id

    tell(tmp_path, story)


def test_which_are_open_is_one_list_however_old_they_are(tmp_path: Path) -> None:
    async def story(stand: Stand) -> None:
        first = stand.incident
        stand.passes(70 * 86400)
        over = stand.incident = stand.trigger("flood")
        stand.resolves(ANA)
        third = stand.trigger("storm")
        assert await stand.bot.ask(pd.OpenPages()) == {first.id, third.id}
        assert over.id not in {first.id, third.id}
        for number in range(120):  # more than one answer has
            stand.trigger(f"rain {number}")
        assert len(await stand.bot.ask(pd.OpenPages())) == 122

    tell(tmp_path, story)


def test_an_incident_that_there_is_not_is_none(tmp_path: Path) -> None:
    async def story(stand: Stand) -> None:
        assert await stand.bot.ask(pd.PageOf(id="QNOTHERE")) is None
        assert await stand.bot.ask(pd.PageOf(key="nothing")) is None
        assert await stand.bot.ask(pd.PageOf()) is None

    tell(tmp_path, story)


def test_somebody_whose_account_is_gone_is_still_named(tmp_path: Path) -> None:
    async def story(stand: Stand) -> None:
        del stand.account.users[ANA]
        page = await stand.page()
        assert page.assignees == (pd.User(ANA, "Ana Silva", ""),)

    tell(tmp_path, story)


def test_people_are_found_by_email_whatever_its_capitals_and_by_id(tmp_path: Path) -> None:
    async def story(stand: Stand) -> None:
        ana = pd.User(ANA, "Ana Silva", "ana@aureus.example")
        assert await stand.bot.ask(pd.UserOf(email="Ana@Aureus.Example")) == ana
        assert await stand.bot.ask(pd.UserOf(id=ANA)) == ana
        own = await stand.bot.ask(pd.OwnUser())
        assert own == pd.User("PBOT001", "Aureus Bot", "aureus-bot@aureus.example")
        for nobody in ("ana@aureus", "olga@aureus.example", ""):
            with pytest.raises(Refusal, match=r"PagerDuty knows nobody with .*Nothing was changed"):
                await stand.bot.ask(pd.UserOf(email=nobody))
        with pytest.raises(Refusal, match="404 when asked to read user PNOBODY"):
            await stand.bot.ask(pd.UserOf(id="PNOBODY"))

    tell(tmp_path, story)


def test_without_a_user_of_its_own_the_bot_says_which_setting_is_missing(tmp_path: Path) -> None:
    async def story(stand: Stand) -> None:
        without = PagerDuty(stand.url, API_KEY, "")
        with pytest.raises(Refusal, match="has no user of its own in PagerDuty") as told:
            await without.ask(pd.OwnUser())
        assert "PAGERDUTY_FROM" in told.value.hint
        without.close()

    tell(tmp_path, story)


def test_who_is_on_call_is_told_by_level_with_the_end_of_their_time(tmp_path: Path) -> None:
    async def story(stand: Stand) -> None:
        handoff = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
        duties = await stand.bot.ask(pd.OnCall())
        assert [(each.level, each.schedule, each.user.name, each.until) for each in duties] == [
            (1, "Primary", "Ana Silva", handoff),
            (2, "Secondary", "Ben Okafor", handoff),
            (3, "", "Elif Kaya", None),
            (3, "", "Femi Adeyemi", None),
            (4, "", "Ivan Costa", None),
            (4, "", "Hana Sato", None),
        ]
        assert duties[0].user.email == "ana@aureus.example"
        later = await stand.bot.ask(pd.OnCall(handoff + timedelta(hours=1)))
        assert [each.user.name for each in later[:2]] == ["Chen Li", "Ana Silva"]

    tell(tmp_path, story)


def test_the_policy_can_be_named_and_there_may_be_none(tmp_path: Path) -> None:
    async def story(stand: Stand) -> None:
        with stand.account.lock:
            stand.account.add_policy("AAA comes first", [[stand.account.users[BEN]]])
        named = PagerDuty(stand.url, API_KEY, "", POLICY)
        assert (await named.ask(pd.OnCall()))[0].user.id == ANA
        named.close()
        assert [each.user.id for each in await stand.bot.ask(pd.OnCall())] == [BEN]
        stand.account.policies.clear()
        with pytest.raises(Refusal, match="PagerDuty has no escalation policy, so nobody is on call"):
            await stand.bot.ask(pd.OnCall())

    tell(tmp_path, story)


def test_people_are_not_read_again_for_every_incident(tmp_path: Path) -> None:
    async def story(stand: Stand) -> None:
        for _ in range(3):
            await stand.page()
        assert stand.account.asked("GET", f"/users/{ANA}") == 1

    tell(tmp_path, story)


def test_twenty_looks_at_once_are_all_answered(tmp_path: Path) -> None:
    async def story(stand: Stand) -> None:
        pages = await asyncio.gather(*(stand.page() for _ in range(20)))
        assert {page.id for page in pages} == {stand.incident.id}

    tell(tmp_path, story)


def test_verbs_of_other_systems_are_refused() -> None:
    async def story() -> None:
        world = PagerDuty("https://127.0.0.1:1", "key", "")
        other: Question[object] = bot_world.Runs()
        with pytest.raises(Refusal, match="cannot answer Runs"):
            await world.ask(other)
        with pytest.raises(Refusal, match="cannot answer At"):
            await world.test(At(START))
        change: Change = bot_world.SetPaused(paused=True)
        with pytest.raises(Refusal, match="cannot do SetPaused"):
            await world.do(change)
        world.close()

    asyncio.run(story())


def test_it_answers_for_every_verb_of_its_module() -> None:
    here = [each for each in vars(pd).values() if isinstance(each, type) and each.__module__ == pd.__name__]
    verbs = {each for each in here if issubclass(each, Question | Change | Check)}
    assert PagerDuty.verbs == verbs - {pd.PageChange}

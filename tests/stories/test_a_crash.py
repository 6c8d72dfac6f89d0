"""The bot as a process of its own, ended as a crash ends it: everything is stored, and goes on."""

import asyncio
from datetime import timedelta
from pathlib import Path

from sandbox.slack.person import Person
from sandbox.world import World

ON_CALL = "#aureus-on-call"
_PATIENCE = 40.0  # seconds, of a machine that has much else to do
#: A message that was in flight at the kill is taken up again when its lease is over.
_LEASE = timedelta(seconds=40)


def test_the_bot_is_killed_twice_and_the_same_card_goes_on(tmp_path: Path) -> None:
    """Once with the card waiting, once in the middle of the rollout."""

    async def run() -> None:
        async with World(tmp_path).serve() as world:
            world.cluster.set_pace(start=15)
            await world.bot.start()
            ana = Person(world.slack, "ana")
            await ana.says(ON_CALL, "/aureus scale bridge 5")
            card = await ana.waits_to_see(ON_CALL, "Scale bridge from 3 to 5", _PATIENCE)
            await _dies_and_comes_back(world)
            await ana.presses(card, "Confirm")
            await ana.waits_to_see(ON_CALL, "of 5 pods ready", _PATIENCE)
            await _dies_and_comes_back(world)
            done = await ana.waits_to_see(ON_CALL, "Done in", _PATIENCE)
            assert done.ts == card.ts
            assert len([one for one in ana.sees(ON_CALL) if "Scale bridge from 3 to 5" in one]) == 1
            assert world.cluster.deployment("aureus", "aureus-bridge")["spec"]["replicas"] == 5

    asyncio.run(run())


async def _dies_and_comes_back(world: World) -> None:
    starts = world.bot.starts
    await world.bot.kill()
    world.clock.move(_LEASE)
    await world.bot.start(_PATIENCE)
    assert world.bot.starts == starts + 1

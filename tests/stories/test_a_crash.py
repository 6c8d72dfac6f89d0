"""The bot as a process of its own, ended as a crash ends it: everything is stored, and goes on."""

import asyncio
from pathlib import Path

from sandbox.slack.person import Person
from sandbox.world import World

ON_CALL = "#aureus-on-call"


def test_the_bot_is_killed_with_a_card_waiting_and_goes_on(tmp_path: Path) -> None:
    async def run() -> None:
        async with World(tmp_path).serve() as world:
            await world.bot.start()
            ana = Person(world.slack, "ana")
            await ana.says(ON_CALL, "/aureus scale bridge 5")
            card = await ana.waits_to_see(ON_CALL, "Scale bridge from 3 to 5", 20)
            await world.bot.kill()
            await world.bot.start()
            assert world.bot.starts == 2
            await ana.presses(card, "Confirm")
            await ana.waits_to_see(ON_CALL, "Under way", 20)
            await world.bot.kill()
            await world.bot.start()
            done = await ana.waits_to_see(ON_CALL, "Done in", 30)
            assert done.ts == card.ts
            assert len([one for one in ana.sees(ON_CALL) if "Scale bridge from 3 to 5" in one]) == 1
            assert world.cluster.deployment("aureus", "aureus-bridge")["spec"]["replicas"] == 5

    asyncio.run(run())

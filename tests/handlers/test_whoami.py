"""``whoami``: who the bot thinks that one is."""

from typing import Any

import pytest

from bot.runbook import Person
from bot.world import bot
from handlers.whoami import Whoami
from tests.handlers.asked import AWAY, CONFIG, asked, seen, shown


def test_it_names_the_roles_that_one_holds() -> None:
    report = asked(Whoami, "whoami", "dana").tell(seen((bot.Me("dana"), CONFIG.people.get("dana"))))
    assert "Dana Weiss" in report.summary
    assert "on-call lead" in report.summary


def test_who_holds_no_role_is_told_so() -> None:
    nobody = Person("ana", "Ana Silva", "ana@aureus.example", frozenset())
    assert "your roles: none" in asked(Whoami, "whoami").tell(seen((bot.Me("ana"), nobody))).summary


@pytest.mark.parametrize("me", [None, AWAY])
def test_who_is_not_known_is_told_where_people_are_named(me: Any) -> None:
    assert "config/people.yaml" in shown(asked(Whoami, "whoami").tell(seen((bot.Me("ana"), me))))

"""What was used last is kept, by its weight."""

from bot.recent import Recent


def kept(some: Recent[str, int], *keys: str) -> str:
    return "".join(key for key in keys if some.get(key) is not None)


def test_what_was_used_last_stays() -> None:
    some: Recent[str, int] = Recent(8)
    for key in "abcd":
        some.put(key, 1, weight=2)
    assert some.get("a") == 1
    some.put("e", 5, weight=2)
    assert kept(some, *"abcde") == "acde"


def test_what_is_put_in_anew_weighs_what_it_weighs_now() -> None:
    some: Recent[str, int] = Recent(8)
    for number in range(20):
        some.put("a", number, weight=2)
        some.put("b", number, weight=1)
    assert (some.get("a"), some.get("b")) == (19, 19), "what was there before them weighs nothing any more"
    some.put("c", 0, weight=2)
    some.put("d", 0, weight=2)
    assert kept(some, *"abcd") == "abcd"
    some.put("e", 0, weight=2)
    assert kept(some, *"abcde") == "bcde"


def test_what_is_too_heavy_is_not_kept_and_takes_nobody_elses_place() -> None:
    some: Recent[str, int] = Recent(8)
    some.put("a", 1, weight=2)
    some.put("b", 1, weight=2)
    some.put("b", 2, weight=3)
    assert kept(some, *"ab") == "a", "what it was before is not what it is"

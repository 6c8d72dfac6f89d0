"""Names in ``config/``: each one that is used must be known, and none may mean two things.

They are looked up in the files as they are written, so that a mistake of shape hides no mistake of a name.
"""

from collections.abc import Collection, Iterable

from bot.config.document import At, Document
from bot.config.mistakes import meant
from bot.domain.plan import Level

#: The kinds of risk that runbooks speak of (``bot.domain.plan.Risk.kinds``).
KINDS = frozenset({"infrastructure", "security"})
LEVELS = frozenset(level.value for level in Level)
#: Where a command runs whose words name no place.
USUAL_PLACE = "production"

_CONDITIONS = {"command": "command", "place": "place", "risk": "level of risk", "kind": "kind of risk"}


def check_services(services: Document) -> None:
    """Places that are known; no name, alias or Deployment of two services, no namespace of two places."""
    places = _places(services)
    if places and USUAL_PLACE not in _keys(services, "places"):
        services.wrong(("places",), f"`{USUAL_PLACE}` is missing here: commands that name no place mean it.")
    for at, _ in services.each("services", "*", "deployments", "*"):
        _known(services, at, str(at[-1]), places, "place")
    _once(services, services.each("places", "*"), "the namespace of another place")
    owners: dict[str, tuple[str, At]] = {}
    for at, _ in (*services.each("services", "*"), *services.each("others", "*")):
        own = [(at, at[-1]), *services.each(*at, "aliases", "*"), *services.each(*at, "deployments", "*")]
        for where, name in own:
            owner, first = owners.setdefault(str(name).lower(), (str(at[-1]), where))
            if owner != at[-1]:
                line = services.lines[first]
                services.wrong(where, f"`{name}` names {owner} already (line {line}); a name is for one service.")


def check_people(people: Document) -> None:
    """Roles that are known; no id, e-mail address or Slack account of two people."""
    roles = _values(people, "roles", "*")
    for at, role in people.each("roles", "*"):
        if role == "anyone":
            people.wrong(at, "`anyone` is everybody who is in people.yaml, so no role can be called that.")
    _once(people, people.each("roles", "*"), "a role already")
    for at, role in people.each("people", "*", "roles", "*"):
        _known(people, at, role, roles, "role")
    for key, what in (("id", "the id"), ("email", "the e-mail address"), ("slack", "the Slack account")):
        _once(people, people.each("people", "*", key), f"{what} of somebody else")


def check_policy(policy: Document, people: Document, services: Document, commands: Collection[str]) -> None:
    """Commands, places, risks and roles that are known; no line that can never be reached."""
    roles = _values(people, "roles", "*")
    for who in ("read", "change"):
        _all_known(policy, ("asking", who, "*"), roles and {*roles, "anyone"}, "role")
    for at, _ in policy.each("asking", "commands", "*"):
        _known(policy, at, str(at[-1]), commands, "command")
    _all_known(policy, ("asking", "commands", "*", "*"), roles and {*roles, "anyone"}, "role")
    known = {"command": commands, "place": _places(services), "risk": LEVELS, "kind": KINDS}
    for part in ("seats", "also"):
        for condition, what in _CONDITIONS.items():
            _all_known(policy, (part, "*", condition, "*"), known[condition], what)
        _all_known(policy, (part, "*", "own", "*"), roles, "role")
        _all_known(policy, (part, "*", "needs", "*", "*"), roles, "role")
        for at, needs in policy.each(part, "*", "needs"):
            seats = (
                [sorted(map(str, seat)) for seat in needs if isinstance(seat, list)] if isinstance(needs, list) else []
            )
            if any(seat in seats[:index] for index, seat in enumerate(seats)):
                policy.wrong(at, "the same seat stands here twice, and would be filled once; name other roles for it.")
    if not policy.mistakes:  # what a line fits that is not understood is not known
        _reached(policy)


def _places(services: Document) -> set[str]:
    """The places that there are; the usual one always, so that its absence is told once and not wherever it is used."""
    return (_keys(services, "places") | {USUAL_PLACE}) if _keys(services, "places") else set()


def _reached(policy: Document) -> None:
    """The first line that fits gives the seats, so a line after one that fits all of the same does nothing."""
    before: list[tuple[At, dict[str, set[str]]]] = []
    for at, line in policy.each("seats", "*"):
        asked = {key: set(line[key]) for key in _CONDITIONS if key in line}
        for earlier, wider in before:
            if all(key in asked and asked[key] <= values for key, values in wider.items()):
                number = policy.lines[earlier]
                policy.wrong(at, f"this is never reached: line {number} fits all that it fits, and stands before it.")
                break
        before.append((at, asked))


def _keys(document: Document, *pattern: str) -> set[str]:
    return {str(at[-1]) for at, _ in document.each(*pattern, "*")}


def _values(document: Document, *pattern: str) -> set[str]:
    return {value for _, value in document.each(*pattern) if isinstance(value, str)}


def _all_known(document: Document, pattern: tuple[str, ...], known: Collection[str], what: str) -> None:
    for at, name in document.each(*pattern):
        _known(document, at, name, known, what)


def _known(document: Document, at: At, name: object, known: Collection[str], what: str) -> None:
    # Nothing is known only where the file that would say so could not be read: that is told already.
    if known and isinstance(name, str) and name not in known:
        document.wrong(at, f"no {what} is called `{name}`{meant(name, known)}")


def _once(document: Document, found: Iterable[tuple[At, object]], what: str) -> None:
    seen: dict[str, At] = {}
    for at, value in found:
        if not isinstance(value, str) or not value:
            continue
        first = seen.setdefault(value.lower(), at)
        if first != at:
            document.wrong(at, f"`{value}` is {what} (line {document.lines[first]}).")

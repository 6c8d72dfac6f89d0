"""Every kind of mistake in ``config/`` is told with its file, its line and what was meant."""

import re
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.config import Misconfigured, check, load
from tests.config.files import COMMANDS, PEOPLE, POLICY, RIGHT, SERVICES, spoilt, write

# file, what is replaced, by what, the line that is told, and words of its sentence
SPOILT = [
    # keys
    ("policy.yaml", "    reason: true", "    raeson: true", 13, "`raeson` is not known here; did you mean `reason`?"),
    ("policy.yaml", "\nseats:\n", "\nseets:\n", 6, "`seets` is not known here; did you mean `seats`?"),
    ("policy.yaml", "risk: [low]", "rsik: [low]", 8, "did you mean `risk`?"),
    ("people.yaml", "    name: Elif Kaya", "    nmae: Elif Kaya", 9, "`nmae` is not known here; did you mean `name`?"),
    ("people.yaml", "    name: Elif Kaya\n", "", 8, "`name` is missing here"),
    ("policy.yaml", "expires: 1h\n", "", 1, "`expires` is missing here"),
    ("services.yaml", "    about: signs approvals", "    abuot: x", 6, "did you mean `about`?"),
    ("people.yaml", "    slack: UANA", "    email: a@b.example", 6, "a second time; it stands in line 5 already"),
    ("channels.yaml", "fallback:", "? [a, b]\n: x\nfallback:", 2, "a key must be a word"),
    ("channels.yaml", "fallback:", "falback:", 2, "did you mean `fallback`?"),
    # types
    ("services.yaml", "    baseline: 3\n    signs", '    baseline: "3"\n    signs', 9, "must be a whole number"),
    ("services.yaml", "    baseline: 3\n    signs", "    baseline: 0\n    signs", 9, "must be at least 1"),
    ("services.yaml", "    baseline: 3\n    signs", "    baseline: 51\n    signs", 9, "must be at most 50"),
    ("services.yaml", "signs: true", 'signs: "yes"', 10, "must be true or false"),
    ("services.yaml", "aliases: [signer]", "aliases: signer", 7, "must be a list"),
    ("services.yaml", "about: signs approvals", "about: 2026-11-24\n    x: 1", 7, "`x` is not known here"),
    ("services.yaml", "deployments: {production: aureus-bridge}", "deployments: aureus-bridge", 8, "must be a group"),
    ("services.yaml", "- chat", "- 7", 14, "an item of `aliases` is `7`, and must be text"),
    ("services.yaml", "- chat", "- a b", 14, "must be one word"),
    ("services.yaml", "aureus-bridge", "Aureus_Bridge", 8, "as Kubernetes allows"),
    ("people.yaml", "name: Ana Silva", "name: 5", 4, "must be text; put it in quotes"),
    ("people.yaml", "ana@aureus.example", "ana", 5, "must be an e-mail address"),
    ("people.yaml", "UANA", '"@ana"', 6, "must be the id of an account"),
    ("people.yaml", "id: ana", "id: slack:ana", 3, "must be a short name"),
    ("policy.yaml", "    expires: 2h", "    expires: 2 hours", 14, "must be a time, such as 30m, 1h or 2d"),
    ("policy.yaml", "    expires: 2h", "    expires: 7200", 14, "must be a time"),
    ("policy.yaml", "    expires: 2h", "    expires: 0m", 14, "longer than no time"),
    ("policy.yaml", "      - [engineering-manager]", "      - engineering-manager", 12, "must be a list"),
    ("policy.yaml", "own: [on-call]", "needs: 5", 8, "`needs` is `5`, and must be a list"),
    ("policy.yaml", "{command: [pause]}", "pause", 7, "must be a group"),
    ("channels.yaml", '"#aureus-on-call"', "#aureus-on-call", 2, "begins a comment"),
    ("channels.yaml", "#aureus-on-call", "aureus on call", 2, "must be a channel"),
    # emptiness
    ("policy.yaml", "change: [team]", "change: []", 3, "`change` is empty"),
    ("policy.yaml", "risk: [low]", "risk: []", 8, "`risk` is empty"),
    ("policy.yaml", "      - [engineering-manager]", "      - []", 12, "an item of `needs` is empty"),
    # names
    ("policy.yaml", "own: [on-call]", "own: [oncall]", 8, "no role is called `oncall`; did you mean `on-call`?"),
    ("policy.yaml", "read: [anyone]", "read: [anybody]", 2, "did you mean `anyone`?"),
    ("policy.yaml", "own: [on-call]", "own: [anyone]", 8, "no role is called `anyone`"),
    ("policy.yaml", "      - [engineering-manager]", "      - [boss]", 12, "`engineering-manager`, `on-call`, `team`"),
    ("policy.yaml", "    pause: [", "    puase: [", 5, "no command is called `puase`; did you mean `pause`?"),
    ("policy.yaml", "pause: [engineering-manager]", "pause: [Engineering-Manager]", 5, "mean `engineering-manager`?"),
    ("policy.yaml", "{command: [pause]}", "{command: [scale baselin]}", 7, "did you mean `scale baseline`?"),
    ("policy.yaml", "place: [staging]", "place: [stagin]", 15, "no place is called `stagin`; did you mean `staging`?"),
    ("policy.yaml", "risk: [medium, high]", "risk: [meduim, high]", 10, "did you mean `medium`?"),
    ("policy.yaml", "kind: [security]", "kind: [securty]", 17, "no kind of risk is called `securty`"),
    ("people.yaml", "roles: [team, engineering-manager]", "roles: [team, manager]", 12, "no role is called `manager`"),
    ("services.yaml", "      staging: openclaw", "      stageing: openclaw", 17, "did you mean `staging`?"),
    ("services.yaml", "  production: aureus\n", "  live: aureus\n", 1, "`production` is missing here"),
    (
        "people.yaml",
        "[team, on-call, engineering-manager]",
        "[team, on-call, engineering-manager, anyone]",
        1,
        "`anyone`",
    ),
    # two of one
    ("services.yaml", "- claw", "- Bridge", 13, "`Bridge` names bridge already (line 5)"),
    ("services.yaml", "- claw", "- signer", 13, "`signer` names bridge already (line 7)"),
    ("services.yaml", "- claw", "- aureus-bridge", 13, "`aureus-bridge` names bridge already (line 8)"),
    ("services.yaml", "aureus-staging", "aureus", 3, "the namespace of another place (line 2)"),
    ("people.yaml", "id: elif", "id: ana", 8, "`ana` is the id of somebody else (line 3)"),
    ("people.yaml", "slack: UELIF", "slack: UANA", 11, "the Slack account of somebody else (line 6)"),
    ("people.yaml", "elif@aureus.example", "Ana@Aureus.example", 10, "the e-mail address of somebody else (line 5)"),
    ("people.yaml", "[team, on-call, engineering-manager]", "[team, on-call, engineering-manager, team]", 1, "already"),
    ("policy.yaml", "[[engineering-manager], [team]]", "[[team], [team]]", 17, "the same seat stands here twice"),
    ("policy.yaml", "{place: [staging]}", "{place: [production], risk: [high]}", 15, "line 9 fits all that it fits"),
    # alerts and the ladder
    (
        "alerts.yaml",
        "ServiceDown: {severity: P0}",
        "ServiceDown: {severity: bad}",
        2,
        "there is `P0`, `P1`, `P2`, `P3`.",
    ),
    ("alerts.yaml", "service: bridge", "service: brigde", 3, "no service is called `brigde`; did you mean `bridge`?"),
    ("alerts.yaml", "{severity: P2", "{severity: P2, worse: {over: 95, is: P2}", 3, "P2 is not worse than that"),
    ("alerts.yaml", "{severity: P2", "{severity: P2, worse: {over: much, is: P1}", 3, "must be a number"),
    ("alerts.yaml", "otherwise: P3\n", "", 1, "`otherwise` is missing here"),
    ("alerts.yaml", '["#aureus-critical"]', '["critical stuff"]', 8, "must be a channel"),
    ("alerts.yaml", "labels: {critical: P1}", "labels: {critical: high}", 4, "there is `P0`, `P1`, `P2`, `P3`."),
    ("escalation.yaml", "Europe/Berlin", "Europe/Brlin", 1, "must be a time zone, such as Europe/Berlin or UTC"),
    ("escalation.yaml", "[mon, tue]", "[mon, tues]", 2, "did you mean `tue`?"),
    ("escalation.yaml", '"18:00"', '"25:00"', 4, "must be a time of day"),
    ("escalation.yaml", '"18:00"', '"08:00"', 4, "so there are no business hours"),
    ("escalation.yaml", "2026-12-25", "2026-12-32", 5, "must be a day, such as 2026-12-25"),
    ("escalation.yaml", "tell: [team]", "tell: [taem]", 10, "no role is called `taem`; did you mean `team`?"),
    ("escalation.yaml", "after: 5m", "after: 5 minutes", 10, "must be a time, such as 30m, 1h or 2d"),
    ("escalation.yaml", "level: 2", "level: two", 10, "must be a whole number"),
    ("escalation.yaml", "[engineering-manager]", "[manager]", 12, "no role is called `manager`"),
    ("escalation.yaml", "review_after: 18h\n", "", 1, "`review_after` is missing here"),
    ("escalation.yaml", "review_after: 18h", "reveiw_after: 18h", 13, "did you mean `review_after`?"),
    ("escalation.yaml", "review_after: 18h", "review_after: 18", 13, "must be a time, such as 30m, 1h or 2d"),
    ("escalation.yaml", "review_after: 18h", "review_after: -18h", 13, "must be a time, such as 30m, 1h or 2d"),
    ("escalation.yaml", "review_after: 18h", "review_after: 0h", 13, "longer than no time"),
    (
        "escalation.yaml",
        "review_after: 18h",
        "review_after: 99d",
        13,
        "is 2376 business hours, which take more than 100 weeks",
    ),
    ("escalation.yaml", "  P3: []", "  P3: [{after: 99d, tell: [team]}]", 11, "which take more than 100 weeks"),
    # YAML
    ("people.yaml", "    name: Ana Silva", "\tname: Ana Silva", 4, "there is a tab"),
    ("people.yaml", "    name: Ana Silva", "   name: Ana Silva", 4, "this is not YAML"),
    ("people.yaml", "UELIF", "'UELIF", 12, "this is not YAML"),
    ("people.yaml", "[team, on-call]", "&r [team]\n    x: *r", 8, "aliases are not used here"),
    ("people.yaml", "name: Ana Silva", "name: \x01", 4, "a character that YAML does not allow"),
    ("people.yaml", "name: Ana Silva", "name: !!python/name:os.system x", 4, "this is not YAML"),
    ("channels.yaml", '"#aureus-on-call"', '"#a"\n---\nfallback: "#b"', 3, "this is not YAML"),
]


KEYS = sorted({key for written in RIGHT.values() for key in re.findall(r"([a-z_]+):", written)})


@pytest.mark.parametrize(("file", "old", "new", "line", "words"), SPOILT, ids=[f"{s[0]}:{s[4][:50]}" for s in SPOILT])
def test_a_mistake_is_told_with_its_line_and_what_was_meant(
    tmp_path: Path, file: str, old: str, new: str, line: int, words: str
) -> None:
    told = [mistake for mistake in spoilt(tmp_path, file, old, new) if mistake.file.endswith(file)]
    assert [(mistake.line, words in mistake.because) for mistake in told] == [(line, True)], told


def test_the_right_configuration_has_no_mistakes(tmp_path: Path) -> None:
    assert check([write(tmp_path)], COMMANDS) == []


def test_all_mistakes_of_all_files_are_told_at_once_in_order(tmp_path: Path) -> None:
    folder = write(
        tmp_path,
        people=PEOPLE.replace("UELIF", "UANA").replace("name: Ana Silva", "name: 5"),
        policy=POLICY.replace("raeson", "reason").replace("reason: true", "reason: maybe").replace("[low]", "[lo]"),
        services=SERVICES.replace("baseline: 3\n    signs", "baseline: three\n    signs"),
    )
    told = [(Path(each.file).name, each.line) for each in check([folder], COMMANDS)]
    assert told == [
        ("people.yaml", 4),
        ("people.yaml", 11),
        ("policy.yaml", 8),
        ("policy.yaml", 13),
        ("services.yaml", 9),
    ]


def test_a_mistake_of_shape_in_one_file_brings_no_mistakes_of_names_in_another(tmp_path: Path) -> None:
    told = spoilt(tmp_path, "people.yaml", "roles: [team, on-call, engineering-manager]", "roles: team")
    assert [each.line for each in told] == [1]


def test_after_a_line_that_fits_everything_no_other_is_reached(tmp_path: Path) -> None:
    told = spoilt(tmp_path, "policy.yaml", "{command: [pause]}", "{reason: true}")
    assert [(each.line, "never reached: line 7" in each.because) for each in told] == [(8, True), (9, True), (15, True)]


def test_a_line_that_fits_somewhere_else_too_is_not_taken_for_one_that_is_never_reached(tmp_path: Path) -> None:
    # The earlier line asks for a risk; the later one for a command of whatever risk.
    assert spoilt(tmp_path, "policy.yaml", "{place: [staging]}", "{place: [production], command: [scale]}") == []


@pytest.mark.parametrize("file", sorted(RIGHT))
def test_a_missing_file_is_told_by_its_name(tmp_path: Path, file: str) -> None:
    (write(tmp_path) / file).unlink()
    told = check([tmp_path], COMMANDS)
    assert [(Path(each.file).name, each.line) for each in told] == [(file, 0)]
    assert "there is no such file" in told[0].because


@pytest.mark.parametrize("file", sorted(RIGHT))
@pytest.mark.parametrize("written", ["", "# nothing yet\n", "\n\n", "~\n"])
def test_an_empty_file_is_told_by_its_name(tmp_path: Path, file: str, written: str) -> None:
    (write(tmp_path) / file).write_text(written)
    told = check([tmp_path], COMMANDS)
    assert [(Path(each.file).name, "is empty" in each.because) for each in told] == [(file, True)]


@pytest.mark.parametrize("written", ["- a\n- b\n", "just words\n", "42\n"])
def test_a_file_that_is_no_group_of_keys_says_so_in_its_first_line(tmp_path: Path, written: str) -> None:
    told = check([write(tmp_path, channels=written)], COMMANDS)
    assert [(each.line, "the file is" in each.because) for each in told] == [(1, True)]


def test_a_file_that_is_not_utf_8_is_told(tmp_path: Path) -> None:
    (write(tmp_path) / "people.yaml").write_bytes(PEOPLE.replace("Silva", "Sílva").encode("latin-1"))
    [mistake] = check([tmp_path], COMMANDS)
    assert "not UTF-8" in mistake.because


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    (write(tmp_path) / "people.yaml").write_text(PEOPLE, encoding="utf-8-sig")
    assert check([tmp_path], COMMANDS) == []


def test_a_file_that_is_nested_without_end_is_a_mistake_and_no_crash(tmp_path: Path) -> None:
    [mistake] = check([write(tmp_path, channels="[" * 5000 + "]" * 5000)], COMMANDS)
    assert "too deeply" in mistake.because


def test_a_file_that_is_far_too_large_is_not_read(tmp_path: Path) -> None:
    [mistake] = check([write(tmp_path, channels="# so long\n" * 200_000)], COMMANDS)
    assert "too large" in mistake.because


@pytest.mark.parametrize("about", ["2026-11-24", "2026-13-45"])
def test_what_looks_like_a_date_is_text(tmp_path: Path, about: str) -> None:
    assert spoilt(tmp_path, "services.yaml", "about: signs approvals", f"about: {about}") == []


def test_a_misspelt_file_is_not_passed_over(tmp_path: Path) -> None:
    (write(tmp_path) / "polcy.yaml").write_text(POLICY)
    [mistake] = check([tmp_path], COMMANDS)
    assert mistake.file.endswith("polcy.yaml")
    assert "did you mean `policy.yaml`?" in mistake.because


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    told = check([tmp_path / "typo", write(tmp_path / "config")], COMMANDS)
    assert ["there is no such folder" in each.because for each in told] == [True]


def test_without_any_folder_every_file_is_missing() -> None:
    assert len(check([], COMMANDS)) == len(RIGHT)


def test_load_raises_all_mistakes_and_says_each_with_file_and_line(tmp_path: Path) -> None:
    folder = write(tmp_path, people=PEOPLE.replace("    slack: UANA", "    slak: UANA"))
    with pytest.raises(Misconfigured) as raised:
        load([folder], COMMANDS)
    assert str(raised.value) == f"{folder}/people.yaml, line 6: `slak` is not known here; did you mean `slack`?"
    assert len(raised.value.mistakes) == 1


def test_a_file_below_this_folder_is_named_from_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write(tmp_path / "config", people=PEOPLE.replace("    slack: UANA", "    slak: UANA"))
    monkeypatch.chdir(tmp_path)
    assert [each.file for each in check([folder], COMMANDS)] == ["config/people.yaml"]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(file=st.sampled_from(sorted(RIGHT)), value=st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=5))
def test_any_value_at_any_key_is_told_and_never_a_trace(tmp_path: Path, file: str, value: object) -> None:
    write(tmp_path)
    (tmp_path / file).write_text(yaml.safe_dump(value, allow_unicode=True), encoding="utf-8")
    for mistake in check([tmp_path], COMMANDS):
        assert mistake.because.strip()


LINES = [(name, number) for name, written in RIGHT.items() for number in range(written.count("\n"))]


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.sampled_from(LINES), junk=st.text(min_size=1, max_size=12))
def test_whatever_is_written_there_is_a_mistake_with_a_line_of_its_file_or_none(
    tmp_path: Path, place: tuple[str, int], junk: str
) -> None:
    name, number = place
    lines = RIGHT[name].split("\n")
    lines[number] += junk
    write(tmp_path)
    written = "\n".join(lines)
    (tmp_path / name).write_bytes(written.encode("utf-8", "surrogatepass"))
    for mistake in check([tmp_path], COMMANDS):
        assert 0 <= mistake.line <= len(re.split(r"\r\n|[\n\r\x85\u2028\u2029]", written))
        assert mistake.because.strip()

"""The pages of the commands, made from their classes: what is not in a class is not in its page."""

from collections.abc import Iterable
from pathlib import Path

from bot.engine.commands import Commands
from bot.engine.reply import REPLIES


def write_pages(commands: Commands, folder: Path) -> list[Path]:
    """One page for each command, and an index; what no command has any more is taken away."""
    folder.mkdir(parents=True, exist_ok=True)
    pages = dict(_pages(commands))
    for old in folder.glob("*.md"):
        if old.name not in pages:
            old.unlink()
    for name, text in pages.items():
        (folder / name).write_text(text)
    return [folder / name for name in pages]


def stale_pages(commands: Commands, folder: Path) -> list[str]:
    """The names of pages that are not as the classes say."""
    pages = dict(_pages(commands))
    there = {path.name: path.read_text() for path in folder.glob("*.md")}
    return sorted(name for name in pages.keys() | there.keys() if pages.get(name) != there.get(name))


def _pages(commands: Commands) -> Iterable[tuple[str, str]]:
    lines = ["# Commands", "", "Made by `make docs` from the classes in `handlers/`.", ""]
    for handler in commands:
        about = commands.describe(handler)
        name = f"{about.name.replace(' ', '-')}.md"
        lines.append(f"- [`{about.name}`]({name}) {about.summary}")
        yield name, _page(commands, handler.command)
    lines += ["", "Said to a run that is there already:", ""]
    lines += [f"- `{reply.usage}` {reply.about} {reply.details}".rstrip() for reply in REPLIES.values()]
    yield "README.md", "\n".join(lines) + "\n"


def _page(commands: Commands, command: str) -> str:
    handler = commands.get(command)
    assert handler is not None  # noqa: S101 - it was listed a moment ago
    about = commands.describe(handler)
    lines = [f"# {about.name}", "", about.summary, ""]
    lines += [about.details, ""] if about.details else []
    lines += ["```", f"/aureus {about.usage}", "```", "", "For example:", ""]
    lines += [f"- `/aureus {example}`" for example in about.examples]
    if handler.args:
        lines += ["", "| what | meaning | needed |", "| --- | --- | --- |"]
        for name, spec in handler.args.items():
            label = f"{spec.keyword} {name}".strip()
            lines.append(f"| {label} | {spec.about} | {'yes' if spec.required else 'no'} |")
    kind = "It changes something, so it makes a plan that people agree to." if about.changes else "It only reads."
    return "\n".join([*lines, "", kind]) + "\n"

"""The people and channels of Aureus, as the sandbox begins."""

from typing import Final

from sandbox.slack.apps import App
from sandbox.slack.workspace import Workspace

# id, name, real name, title
PEOPLE: Final = (
    ("UANA", "ana", "Ana Silva", "On-call"),
    ("UBEN", "ben", "Ben Okafor", "On-call, secondary"),
    ("UCHEN", "chen", "Chen Li", "On-call next week"),
    ("UDANA", "dana", "Dana Weiss", "On-call lead"),
    ("UELIF", "elif", "Elif Kaya", "Engineering Manager"),
    ("UFEMI", "femi", "Femi Adeyemi", "Engineering Manager"),
    ("UGORAN", "goran", "Goran Petrov", "DevOps Manager"),
    ("UHANA", "hana", "Hana Sato", "CISO"),
    ("UIVAN", "ivan", "Ivan Costa", "CTO"),
    ("UOLGA", "olga", "Olga Brandt", "Marketing"),
)
CHANNELS: Final = (
    ("CALERTS", "aureus-alerts", "Every alert"),
    ("CCRITICAL", "aureus-critical", "Alerts that wake somebody"),
    ("CWARNINGS", "aureus-warnings", "Alerts that can wait"),
    ("CONCALL", "aureus-on-call", "Who is on call, and what they do"),
    ("CCHANGES", "aureus-changes", "Every change of production"),
    ("CDEPLOYMENTS", "aureus-deployments", "Deployments"),
    ("CBRIDGE", "team-bridge", "The team of bridge"),
    ("CAUREUSOS", "team-aureus-os", "The team of aureus-os"),
    ("COPENCLAW", "team-openclaw", "The team of openclaw"),
    ("CRANDOM", "random", "Where the bot is not a member"),
)


def seed_aureus(workspace: Workspace) -> None:
    """Make the people and the channels, everybody in each of them; apps that are installed join all but #random."""
    for id, name, real_name, title in PEOPLE:
        workspace.add_user(id, name, real_name, f"{name}@aureus.example", title)
    everybody = [id for id, *_ in PEOPLE]
    for id, name, topic in CHANNELS:
        workspace.add_channel(name, members=list(everybody), topic=topic, id=id)
    for app in workspace.apps.values():
        invite(workspace, app)


def invite(workspace: Workspace, app: App) -> None:
    """Make an app's bot a member of every #aureus-… and #team-… channel."""
    for _, name, _ in CHANNELS:
        channel = workspace.channel(name)
        if name.startswith(("aureus-", "team-")) and app.bot_user_id not in channel.members:
            channel.members.append(app.bot_user_id)

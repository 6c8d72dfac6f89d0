"""Every method of Slack's Web API that this sandbox knows of: full, partial (and what is missing) or absent."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from sandbox.slack import api_chat, api_conversations, api_files, api_people, api_views
from sandbox.slack.call import Call
from sandbox.slack.records import JSON

Coverage = Literal["full", "partial", "absent"]
Run = Callable[[Call], JSON]


@dataclass(frozen=True)
class Method:
    """A method: what it needs, how often it may be called, what carries it out, and what is missing of it."""

    coverage: Coverage
    run: Run | None = None
    scope: str = ""
    tier: str = ""
    missing: str = ""


def _full(run: Run, tier: str, scope: str = "") -> Method:
    return Method("full", run, scope, tier)


def _partial(run: Run, tier: str, scope: str, missing: str) -> Method:
    return Method("partial", run, scope, tier, missing)


_ABSENT: Final = Method("absent")

# Scopes and tiers: the page of each method at docs.slack.dev/reference/methods. Where the scope depends on the kind of
# the channel, the method itself asks for it. apps.connections.open and api.test are answered before an app is known.
METHODS: Final[dict[str, Method]] = {
    "api.test": Method("full", tier="4"),
    "apps.connections.open": Method("full", tier="1"),
    "auth.test": _full(api_people.auth_test, ""),
    "bots.info": _full(api_people.bots_info, "3", "users:read"),
    "chat.delete": _full(api_chat.delete, "3", "chat:write"),
    "chat.getPermalink": _full(api_chat.get_permalink, ""),
    "chat.postEphemeral": _full(api_chat.post_ephemeral, "4", "chat:write"),
    "chat.postMessage": _partial(
        api_chat.post_message, "message", "chat:write",
        "markdown_text, parse, link_names, unfurling and icons; text beyond 40,000 characters is refused, never cut",
    ),
    "chat.update": _partial(
        api_chat.update, "3", "chat:write", "markdown_text, parse, link_names, file_ids, reply_broadcast"),
    "conversations.history": _full(api_conversations.history, "3"),
    "conversations.info": _full(api_conversations.info, "3"),
    "conversations.join": _full(api_conversations.join, "3", "channels:join"),
    "conversations.list": _partial(api_conversations.list_, "2", "", "group direct messages"),
    "conversations.members": _full(api_conversations.members, "4"),
    "conversations.open": _partial(api_conversations.open_, "3", "im:write", "group direct messages"),
    "conversations.replies": _full(api_conversations.replies, "3"),
    "files.completeUploadExternal": _full(api_files.complete_upload, "4", "files:write"),
    "files.getUploadURLExternal": _partial(api_files.get_upload_url, "4", "files:write", "snippet_type"),
    "reactions.add": _full(api_people.reactions_add, "3", "reactions:write"),
    "reactions.get": _full(api_people.reactions_get, "3", "reactions:read"),
    "reactions.remove": _full(api_people.reactions_remove, "2", "reactions:write"),
    "usergroups.list": _partial(api_people.usergroups_list, "2", "usergroups:read", "disabled groups"),
    "usergroups.users.list": _full(api_people.usergroups_users_list, "2", "usergroups:read"),
    "usergroups.users.update": _full(api_people.usergroups_users_update, "2", "usergroups:write"),
    "users.info": _full(api_people.users_info, "4", "users:read"),
    "users.list": _full(api_people.users_list, "2", "users:read"),
    "users.lookupByEmail": _full(api_people.users_lookup_by_email, "3", "users:read.email"),
    "views.open": _partial(api_views.open_, "4", "", "interactivity_pointer"),
    "views.publish": _full(api_views.publish, "4"),
    "views.push": _partial(api_views.push, "4", "", "interactivity_pointer"),
    "views.update": _full(api_views.update, "4"),
    **dict.fromkeys(
        ("bookmarks.add", "canvases.create", "chat.scheduleMessage", "chat.startStream", "chat.unfurl",
         "conversations.archive", "conversations.create", "conversations.invite", "conversations.kick",
         "conversations.leave", "conversations.setPurpose", "conversations.setTopic", "dialog.open", "files.delete",
         "files.info", "files.list", "files.upload", "oauth.v2.access", "pins.add", "pins.list", "pins.remove",
         "reactions.list", "reminders.add", "search.messages", "team.info", "usergroups.create", "usergroups.disable",
         "usergroups.enable", "usergroups.update", "users.conversations", "users.getPresence", "users.profile.get"),
        _ABSENT,
    ),
}  # fmt: skip

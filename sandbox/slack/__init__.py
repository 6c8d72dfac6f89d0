"""A small, strict Slack: Web API, Socket Mode, events, modals, and people who type and press.

Usable alone, in a test of anybody's bot: `Workspace` is the state, `server.running(workspace)` serves it, and
`person.Person` types and presses. What it does not do is said by the table in `methods.py`.
"""

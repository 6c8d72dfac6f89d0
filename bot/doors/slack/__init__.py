"""Slack: listeners, Block Kit, the screen, App Home, people."""

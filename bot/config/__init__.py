"""What ``config/`` says: services, people, policy, channels. Every mistake is told with its file and line."""

from bot.config.load import Channels, Config, check, load
from bot.config.mistakes import Misconfigured, Mistake

__all__ = ["Channels", "Config", "Misconfigured", "Mistake", "check", "load"]

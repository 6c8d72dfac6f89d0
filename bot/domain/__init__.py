"""Floor 1: what the bot is about, as pure values and functions. No I/O, no clock, no client library."""

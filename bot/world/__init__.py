"""Floor 2: the nouns and verbs of each outside system, as data. How each verb is truly done is in ``bot.clients``."""

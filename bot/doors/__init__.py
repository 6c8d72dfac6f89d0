"""Floor 5: where requests come in and reports go out."""

"""Floor 4: the one way through, from a request to its end. It knows no client and no door."""

"""Each figure of the README is printed by a command here; ratios are to a baseline in the same run."""

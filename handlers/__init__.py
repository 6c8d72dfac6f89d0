"""The commands: one file, one class, named as the command is. Found by looking; nobody imports them."""

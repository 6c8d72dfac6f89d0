"""How the tables came to be, in order. Each file of ``versions`` goes from one release's tables to the next's."""

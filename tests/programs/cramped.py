"""Becomes another program on a machine that lets it open hardly any files: ``python -m tests.programs.cramped …``."""

import os
import resource
import sys

if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_NOFILE, (9, 9))
    os.execv(sys.argv[1], sys.argv[1:])  # noqa: S606 - what the test names

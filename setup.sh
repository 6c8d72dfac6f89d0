#!/bin/sh
# Makes the virtual environment: setup.sh PYTHON FOLDER. Says in one sentence what is missing on this machine.
set -eu
python=$1 venv=$2

say() { printf '%s\n' "$*" >&2; exit 1; }

command -v "$python" >/dev/null 2>&1 ||
    say "There is no $python here: install Python 3.11 or later, or name one with PYTHON=…"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    say "$python is $("$python" -c 'import platform; print(platform.python_version())'): Aureus Bot needs Python 3.11 or later (PYTHON=… names another)."
"$python" -c 'import venv, ensurepip' 2>/dev/null ||
    say "$python has no venv or no pip: install them (on Debian: apt-get install python3-venv python3-pip)."

[ -x "$venv/bin/python" ] || "$python" -m venv "$venv"

# uv is the quicker installer; pip is always there. uv must never fetch an interpreter of its own.
export UV_PYTHON_DOWNLOADS=never UV_COMPILE_BYTECODE=1 PIP_DISABLE_PIP_VERSION_CHECK=1
echo "Setting up (once; less than two minutes) …" >&2
if "$venv/bin/pip" install --quiet 'uv>=0.9' 2>/dev/null &&
    "$venv/bin/uv" pip install --quiet --python "$venv/bin/python" --constraint constraints.txt --editable '.[dev]'; then :
else
    "$venv/bin/pip" install --quiet --constraint constraints.txt --editable '.[dev]' ||
        say "The packages could not be installed: is the package index reachable? Nothing else was changed; run it again."
fi
touch "$venv/ready"

#!/bin/sh
# Prints a Python the pinned wheels exist for (3.11 to 3.13, newest last tried first).
for candidate in python3.12 python3.11 python3.13 python3 /usr/bin/python3; do
    if "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then
        command -v "$candidate"
        exit 0
    fi
done
echo "hotich needs Python 3.11, 3.12 or 3.13: apt-get install python3 python3-venv" >&2
echo python3-not-found

"""``python -m hotich``."""

from hotich.cli import main

main()

"""So that `python -m negotiations` is the command."""

from negotiations.cli import main

main()

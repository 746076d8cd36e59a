"""The commands. Each exits 0 when done, 1 when refused (with one clear line), 2 on wrong use."""

import gc
import importlib
import sys

STAYING = ("serve", "worker")


def main() -> None:
    """Do what the command line asks for.

    What stays for months loads its own commands alone: the others are five megabytes.
    """
    name = "serving" if sys.argv[1:2] and sys.argv[1] in STAYING else "commands"
    # Modules keep what they make: to look for rubbish among it, now and at the end, is two fifths
    # of the time of a short command.
    gc.disable()
    commands = importlib.import_module(f"negotiations.cli.{name}")
    gc.freeze()
    gc.enable()
    commands.app()

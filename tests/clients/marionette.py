"""Asking a running Thunderbird through Marionette: JSON after its length, over one connection."""

import json
import socket
import time
from typing import Any


class Marionette:
    """A connection to the Marionette of a program that is starting, on a port of this machine."""

    def __init__(self, port: int, seconds: float = 60) -> None:
        self._socket = _connected(port, time.monotonic() + seconds)
        self._answers = self._socket.makefile("rb")
        self._number = 0
        self._answer()  # it says which protocol it speaks
        self._command("WebDriver:NewSession", capabilities={})
        self._command("Marionette:SetContext", value="chrome")

    def run(self, script: str, *arguments: str, seconds: float = 60) -> Any:
        """What an asynchronous script in the program answers."""
        told = self._command(
            "WebDriver:ExecuteAsyncScript", script=script, args=arguments, sandbox="system",
            scriptTimeout=round(seconds * 1000),
        )  # fmt: skip
        return told["value"]

    def quit(self) -> None:
        self._command("Marionette:Quit", flags=["eForceQuit"])
        self._answers.close()
        self._socket.close()

    def _command(self, name: str, **more: Any) -> Any:
        self._number += 1
        words = json.dumps([0, self._number, name, more]).encode()
        self._socket.sendall(b"%d:%b" % (len(words), words))
        _, _, error, told = self._answer()
        assert error is None, error
        return told

    def _answer(self) -> Any:
        length = b""
        while (one := self._answers.read(1)) != b":":
            assert one, "it ended"
            length += one
        return json.loads(self._answers.read(int(length)))


def _connected(port: int, until: float) -> socket.socket:
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=120)
        except OSError:
            assert time.monotonic() < until, "it never listened"
            time.sleep(0.05)

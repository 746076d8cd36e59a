"""A mail server that keeps what it is given."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

from aiosmtpd.controller import Controller
from running import free_port


@dataclass
class Receiver:
    """`taken`: sender, recipients and the bytes of each mail; `refuses` recipients with 550."""

    port: int
    taken: list[tuple[str, list[str], bytes]] = field(default_factory=list)
    refuses: set[str] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_RCPT(  # noqa: N802
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if address in self.refuses:
            return "550 No such user <here>"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self.taken.append((envelope.mail_from, envelope.rcpt_tos, envelope.content))
        return "250 Message accepted for delivery"

    @property
    def messages(self) -> list[EmailMessage]:
        return [message_from_bytes(raw, policy=SMTP) for _, _, raw in self.taken]  # type: ignore[arg-type]


@contextmanager
def receiving(host: str = "127.0.0.1", **more: Any) -> Iterator[Receiver]:
    """A mail server on this machine while the block runs."""
    receiver = Receiver(free_port())
    controller = Controller(receiver, hostname=host, port=receiver.port, **more)
    controller.start()
    try:
        yield receiver
    finally:
        controller.stop()

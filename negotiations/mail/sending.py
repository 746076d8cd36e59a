"""Where mails go: to a mail server, or into files where none is set; the only user of SMTP.

TLS: `smtps://` from the first byte on; `smtp://` to another machine by STARTTLS, and a server that
doesn't offer it, or whose certificate isn't good for its name, gets neither the password nor a
mail. To this machine itself (a relay on a loopback address) `smtp://` goes as it is.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from ipaddress import ip_address
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

import aiosmtplib

from negotiations.mail.encoding import Letter, encoded
from negotiations.settings import Settings

SECONDS = 20  # for one mail with connecting: less than claiming.LEASE, after which another sends it
_PORTS = {"smtp": 25, "smtps": 465}


class Undelivered(Exception):
    """A letter that nobody took. `reason` holds kinds and codes, no words of others.

    `for_all`: others wouldn't be taken now either.
    """

    def __init__(self, reason: str, *, for_all: bool) -> None:
        super().__init__(reason)
        self.reason, self.for_all = reason[:80], for_all


# Raises Undelivered unless somebody else is responsible for the letter from now on.
Deliver = Callable[[Letter], Awaitable[None]]


class Post(Protocol):
    """A way that mails leave by."""

    @property
    def where(self) -> str:
        """Where they go, without secrets."""

    def open(self) -> AbstractAsyncContextManager[Deliver]:
        """What takes letters, one after the other, while the block runs."""


def post_of(settings: Settings) -> Post:
    """Where mails go with these settings."""
    if settings.smtp_url:
        return Smtp(settings.smtp_url, settings.sender)
    return Files(settings.letters, settings.sender)


def remark(settings: Settings) -> str:
    """What whoever starts the service is told of its mails; empty where a server takes them."""
    post = post_of(settings)
    if not isinstance(post, Files):
        return ""
    return f"Mails go {post.where}" + ("." if post.can_write else "; nothing can be written there.")


class Smtp:
    """A mail server; it is connected with when the first letter comes."""

    def __init__(self, url: str, sender: str) -> None:
        self._parts, self._sender = urlsplit(url), sender
        self._host = self._parts.hostname or ""
        self._port = self._parts.port or _PORTS[self._parts.scheme]

    @property
    def tls(self) -> str:
        """`TLS`, `STARTTLS` or `no TLS`."""
        if self._parts.scheme == "smtps":
            return "TLS"
        return "no TLS" if _is_this_machine(self._host) else "STARTTLS"

    @property
    def where(self) -> str:
        return f"to the mail server {self._host}:{self._port} ({self.tls}), from {self._sender}"

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Deliver]:
        client: aiosmtplib.SMTP | None = None

        async def deliver(letter: Letter) -> None:
            nonlocal client
            try:
                async with asyncio.timeout(SECONDS):
                    if client is None or not client.is_connected:
                        client = self._client()
                        await client.connect()
                    await self._send(client, letter)
            except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
                # What was said to a server in the middle of a letter is said to no other one.
                if client is not None:
                    client.close()
                client = None
                raise Undelivered(_reason(error), for_all=not _of_the_letter(error)) from error

        try:
            yield deliver
        finally:
            if client is not None:
                with suppress(aiosmtplib.SMTPException, OSError, TimeoutError):
                    async with asyncio.timeout(2):
                        await client.quit()
                client.close()

    def _client(self) -> aiosmtplib.SMTP:
        user, password = self._parts.username, self._parts.password
        return aiosmtplib.SMTP(
            hostname=self._host,
            port=self._port,
            username=unquote(user) if user else None,
            password=unquote(password) if password else None,
            use_tls=self.tls == "TLS",
            start_tls=self.tls == "STARTTLS",
            local_hostname=self._sender.rpartition("@")[2],
            timeout=SECONDS,
        )

    async def _send(self, client: aiosmtplib.SMTP, letter: Letter) -> None:
        told = encoded(letter, self._sender)
        options = [] if letter.to.isascii() and self._sender.isascii() else ["SMTPUTF8"]
        if options and not client.supports_extension("smtputf8"):
            raise aiosmtplib.SMTPNotSupported("SMTPUTF8")
        await client.sendmail(self._sender, [letter.to], told, mail_options=options)


class Files:
    """A folder in which each mail is a file that mail programs open, for its owner's eyes only."""

    def __init__(self, folder: Path, sender: str) -> None:
        self._folder, self._sender = folder, sender

    @property
    def where(self) -> str:
        return f"into files in {self._folder.absolute()} (set NEGOTIATIONS_SMTP_URL to send them)"

    @property
    def can_write(self) -> bool:
        """Whether the folder is there or could be made, as far as one can see."""
        there = next(one for one in (self._folder.absolute(), *self._folder.absolute().parents)
                     if one.exists())  # fmt: skip
        return there.is_dir() and os.access(there, os.W_OK | os.X_OK)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Deliver]:
        async def deliver(letter: Letter) -> None:
            try:
                await asyncio.to_thread(self._write, letter)
            except OSError as error:
                raise Undelivered(_reason(error), for_all=True) from error

        yield deliver

    def _write(self, letter: Letter) -> None:
        """Whole or not at all, under a name that is the same at each try."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        made = self._folder / f".{letter.name}.part"
        made.unlink(missing_ok=True)
        with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(encoded(letter, self._sender, cte="8bit"))
            out.flush()
            os.fsync(out.fileno())
        made.replace(self._folder / f"{letter.name}.eml")


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _of_the_letter(error: Exception) -> bool:
    """Whether the server refused this letter, so that it may well take the next one."""
    return isinstance(
        error,
        aiosmtplib.SMTPRecipientsRefused | aiosmtplib.SMTPRecipientRefused
        | aiosmtplib.SMTPDataError | aiosmtplib.SMTPNotSupported,
    )  # fmt: skip


def _reason(error: BaseException) -> str:
    """`SMTPRecipientRefused 550`, `ConnectionRefusedError`: the server's words repeat addresses."""
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused) and error.recipients:
        error = error.recipients[0]
    code = getattr(error, "code", None) or getattr(error, "errno", None)
    return f"{type(error).__name__}{f' {code}' if code else ''}"

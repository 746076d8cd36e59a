"""A mail server on another machine gets the password and mails over TLS alone, once it has proved
who it is. (0.0.0.0 reaches this machine and isn't one of its loopback addresses.)"""

import ssl
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword
from mail.receiver import receiving
from mail.test_sending import LETTER, SENDER

from negotiations.mail.sending import Smtp, Undelivered

CERTIFICATE = str(Path(__file__).parent / "receiver.pem")  # with its key; for 0.0.0.0, for tests


def context() -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(CERTIFICATE)
    return made


class Doorman:
    """Lets in who knows the password; remembers what it was told."""

    def __init__(self) -> None:
        self.told: list[tuple[bytes, bytes]] = []

    def __call__(
        self, _server: Any, _session: Any, _envelope: Any, _how: str, given: LoginPassword
    ) -> AuthResult:
        self.told.append((given.login, given.password))
        return AuthResult(success=given.password == b"p@ss/word", handled=False)


@pytest.mark.parametrize("known", [True, False], ids=["known", "unknown"])
@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
async def test_the_password_goes_to_a_server_that_proved_who_it_is(
    monkeypatch: pytest.MonkeyPatch, scheme: str, known: bool
) -> None:
    if known:
        monkeypatch.setenv("SSL_CERT_FILE", CERTIFICATE)
    doorman = Doorman()
    more = {"ssl_context": context()} if scheme == "smtps" else {"tls_context": context()}
    with receiving("0.0.0.0", authenticator=doorman, auth_require_tls=False, **more) as receiver:
        url = f"{scheme}://me:p%40ss%2Fword@0.0.0.0:{receiver.port}"
        async with Smtp(url, SENDER).open() as deliver:
            if known:
                await deliver(LETTER)
            else:
                with pytest.raises(
                    Undelivered, match=r"SSLCertVerificationError|SMTPConnectError"
                ) as told:
                    await deliver(LETTER)
                assert told.value.for_all
    got = [(SENDER, [LETTER.to])] if known else []
    assert [(sender, people) for sender, people, _ in receiver.taken] == got
    assert doorman.told == ([(b"me", b"p@ss/word")] if known else [])


async def test_a_wrong_password_is_told_and_tried_again_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", CERTIFICATE)
    with receiving(
        "0.0.0.0", authenticator=Doorman(), auth_require_tls=True, tls_context=context()
    ) as receiver:
        url = f"smtp://me:wrong@0.0.0.0:{receiver.port}"
        async with Smtp(url, SENDER).open() as deliver:
            with pytest.raises(Undelivered, match="SMTPAuthenticationError 535") as told:
                await deliver(LETTER)
        assert (told.value.for_all, receiver.taken) == (True, [])


async def test_without_tls_it_gets_neither(monkeypatch: pytest.MonkeyPatch) -> None:
    doorman = Doorman()
    with receiving("0.0.0.0", authenticator=doorman, auth_require_tls=False) as receiver:
        url = f"smtp://me:p%40ss%2Fword@0.0.0.0:{receiver.port}"
        async with Smtp(url, SENDER).open() as deliver:
            with pytest.raises(Undelivered):
                await deliver(LETTER)
    assert (receiver.taken, doorman.told) == ([], [])

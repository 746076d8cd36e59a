"""A mail server on another machine gets the password and mails over TLS alone, once it has proved
who it is. (0.0.0.0 reaches this machine and isn't one of its loopback addresses.)"""

import shutil
import ssl
import subprocess
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword
from lacking import lacking
from mail.receiver import receiving
from mail.test_sending import LETTER, SENDER

from negotiations.mail.sending import Smtp, Undelivered


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The path of a certificate for 0.0.0.0 with its key, both of this run alone."""
    if shutil.which("openssl") is None:
        lacking("needs openssl")
    folder = tmp_path_factory.mktemp("tls")
    key, made, both = (folder / name for name in ("key", "certificate", "both.pem"))
    words = (
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 "
        f"-subj /CN=receiver -addext subjectAltName=IP:0.0.0.0 -keyout {key} -out {made}"
    )
    subprocess.run(words.split(" "), check=True, capture_output=True)
    both.write_text(key.read_text() + made.read_text())
    return str(both)


def context(certificate: str) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(certificate)
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
    monkeypatch: pytest.MonkeyPatch, certificate: str, scheme: str, known: bool
) -> None:
    if known:
        monkeypatch.setenv("SSL_CERT_FILE", certificate)
    doorman = Doorman()
    which = "ssl_context" if scheme == "smtps" else "tls_context"
    more = {which: context(certificate)}
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
    monkeypatch: pytest.MonkeyPatch, certificate: str
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", certificate)
    with receiving(
        "0.0.0.0", authenticator=Doorman(), auth_require_tls=True, tls_context=context(certificate)
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

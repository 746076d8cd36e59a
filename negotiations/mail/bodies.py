"""What may be asked for by mail: the input, checked once."""

from negotiations.web.fields import Body, Email


class MailChoice(Body):
    """Whether one is told of changes by mail; sign-in links come in any case."""

    by_mail: bool


class SignIn(Body):
    """The address to which a sign-in link is sent."""

    email: Email

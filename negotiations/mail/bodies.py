"""What may be asked for by mail: the input, checked once."""

from negotiations.web.fields import Body, Email


class SignIn(Body):
    """The address to which a sign-in link is sent."""

    email: Email

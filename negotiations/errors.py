"""What can go wrong, as one tree; `web.problems` alone knows the status of each.

NegotiationsError
├── BadRequest            malformed input that no field can be blamed for
├── Unauthenticated       no proof of who is asking, or one that no longer holds
├── Forbidden             visible, but this act isn't allowed
├── NotFound              unknown or not visible: nobody can tell which
├── Conflict              the state of things forbids it
│   ├── WrongState
│   ├── BookingClash
│   └── AlreadySuperseded
├── Stale                 the caller saw an older version
├── PreconditionMissing   the caller didn't say which version they saw
├── TooLarge
├── TooSlow               the body didn't arrive in time
├── TooMany               asked too often; `retry_after` says when to come back
├── UnsupportedMediaType  the body isn't of the kind that is read here
├── Invalid               fields, each with its pointer
└── Refused               the service can't start or the command can't run like this

Every message says what to do.
"""

from collections.abc import Sequence
from dataclasses import dataclass


class NegotiationsError(Exception):
    """The root. `detail` is one sentence for the person who asked."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class BadRequest(NegotiationsError): ...


class Unauthenticated(NegotiationsError): ...


class Forbidden(NegotiationsError): ...


class NotFound(NegotiationsError):
    """Carries no detail of its own: the answer is the same for every path and id."""

    def __init__(self) -> None:
        super().__init__("There is nothing here for you. Check the address.")


class Conflict(NegotiationsError): ...


class WrongState(Conflict): ...


class BookingClash(Conflict):
    """`session_id` is the session that can't have its time."""

    def __init__(self, detail: str, session_id: str = "") -> None:
        super().__init__(detail)
        self.session_id = session_id


class AlreadySuperseded(Conflict): ...


class Stale(NegotiationsError):
    """`current` is the ETag of the version that is there now, where the caller may see it.

    `beside` is what the answer carries for choosing, as both texts of a summary.
    """

    def __init__(
        self, detail: str, current: str | None = None, beside: dict[str, object] | None = None
    ) -> None:
        super().__init__(detail)
        self.current = current
        self.beside = beside or {}


class PreconditionMissing(NegotiationsError): ...


class TooLarge(NegotiationsError): ...


class TooSlow(NegotiationsError): ...


class TooMany(NegotiationsError):
    """`retry_after` is in whole seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"Too many requests. Wait {retry_after} seconds and try again.")
        self.retry_after = retry_after


class UnsupportedMediaType(NegotiationsError): ...


@dataclass(frozen=True, slots=True)
class FieldError:
    """One wrong field: `pointer` is its JSON pointer (RFC 6901), `detail` says what to do."""

    pointer: str
    detail: str


class Invalid(NegotiationsError):
    """Fields that don't hold; `errors` names each."""

    def __init__(self, errors: Sequence[FieldError]) -> None:
        super().__init__(" ".join(error.detail for error in errors))
        self.errors = tuple(errors)

    @classmethod
    def field(cls, name: str, detail: str) -> "Invalid":
        """One wrong top-level field."""
        return cls([FieldError(f"/{name}", detail)])


class Refused(NegotiationsError): ...

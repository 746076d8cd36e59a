"""What the form of notes sends: each text with the revision it was made from."""

import hashlib
import re
from dataclasses import dataclass

from negotiations.errors import Invalid, NotFound
from negotiations.notebook.bodies import NoteText
from negotiations.notebook.queries import Found
from negotiations.web.forms import Form, body_of

NONE_YET = "none"


@dataclass(frozen=True, slots=True)
class Typed:
    """One textarea as it was sent; `base` names the revision it showed at first."""

    item_id: str
    text: str
    base: str

    @property
    def is_new(self) -> bool:
        """Whether anything was changed: an empty box on no note is nothing."""
        if self.base == NONE_YET:
            return bool(self.text.strip())
        return self.base.partition("-")[2] != _sha256(self.text)


def base_of(found: Found | None) -> str:
    """The revision as a form names it: its number, and by what text one sees a change."""
    return f"{found[1].number}-{found[1].sha256}" if found else NONE_YET


def sent(form: Form) -> list[Typed]:
    """Every text of the form as it came, to be shown again."""
    found = []
    for name, value in form.fields:
        table, _, item_id = name.partition("/")
        if table == "body":
            text = value.replace("\r\n", "\n").replace("\r", "\n")
            found.append(Typed(item_id, text, form.get(f"base/{item_id}", NONE_YET)))
    return found


def typed(form: Form) -> list[Typed]:
    """The texts of the form that were changed; Invalid at the box whose text can't be kept."""
    found = [one for one in sent(form) if one.is_new]
    for one in found:
        _check(one)
    return found


def number(told: str | None, otherwise: int) -> int:
    """A revision's number in an address; NotFound for what is none."""
    if told is None:
        return otherwise
    if not re.fullmatch("[1-9][0-9]{0,8}", told):
        raise NotFound
    return int(told)


def _check(one: Typed) -> None:
    try:
        body_of(NoteText, {"body": one.text})
    except Invalid as error:
        raise Invalid.field(f"body/{one.item_id}", error.errors[0].detail) from None


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()

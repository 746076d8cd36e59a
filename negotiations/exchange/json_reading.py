"""PURE: JSON (RFC 8259) to a tree with lines; as strict as the RFC."""

import json
import re
from bisect import bisect_right
from typing import NoReturn

from negotiations.exchange.tree import MAX_DEPTH, Faulty, Node, whole

_SPACE = re.compile(r"[ \t\r\n]*")
_TOKEN = re.compile(
    r'[{}\[\],:]|"(?:[^"\\\x00-\x1f]|\\.)*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?'
    r"|true|false|null"
)


class _Reader:
    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self.starts = [0, *(found.end() for found in re.finditer("\n", text))]
        self.token, self.line = "", 1
        self.advance()

    def advance(self) -> None:
        """Step to the next token; the empty one stands for the end."""
        space = _SPACE.match(self.text, self.at)
        self.at = space.end() if space else self.at
        self.line = bisect_right(self.starts, self.at)
        found = _TOKEN.match(self.text, self.at)
        if found is None and self.at < len(self.text):
            self.wrong(f"{self.text[self.at : self.at + 12].split()[0]!r} can't stand here")
        self.token = found[0] if found else ""
        self.at = found.end() if found else self.at

    def wrong(self, what: str) -> NoReturn:
        raise Faulty.one(self.line, f"This is not JSON: {what}.")

    def take(self, token: str, what: str) -> None:
        if self.token != token:
            self.wrong(f"{what} is expected, not {self.token or 'the end'}")
        self.advance()

    def value(self, depth: int = 0) -> Node:
        if depth > MAX_DEPTH:
            raise Faulty.one(
                self.line, f"Values are nested deeper than {MAX_DEPTH} levels. Flatten them."
            )
        if self.token == "{":
            return self.mapping(depth)
        if self.token == "[":
            return self.list(depth)
        node, token = Node(self.line, self.token), self.token
        if token[:1] == '"':
            node.value = self.string()
        elif token == "null":
            node.value = None
        elif not token or token in "]},:":
            self.wrong(f"a value is expected, not {token or 'the end'}")
        self.advance()
        return node

    def string(self) -> str:
        try:
            value = str(json.loads(self.token))
        except ValueError:
            self.wrong(f"{self.token[:40]} holds an escape that doesn't exist")
        if not whole(value):
            self.wrong(f"{self.token[:40]} holds half a character")
        return value

    def mapping(self, depth: int) -> Node:
        node = Node(self.line, {})
        self.advance()
        while self.token != "}":
            if self.token[:1] != '"':
                self.wrong(f"a name in quotes is expected, not {self.token or 'the end'}")
            name, line = self.string(), self.line
            self.advance()
            self.take(":", f"a colon after {name!r}")
            node.enter(name, line, self.value(depth + 1))
            if not self.another("}"):
                break
        self.take("}", "} or a comma")
        return node

    def list(self, depth: int) -> Node:
        items: list[Node] = []
        node = Node(self.line, items)
        self.advance()
        while self.token != "]":
            items.append(self.value(depth + 1))
            node.adopt(items[-1])
            if not self.another("]"):
                break
        self.take("]", "] or a comma")
        return node

    def another(self, end: str) -> bool:
        """Whether a comma leads on to another member."""
        if self.token != ",":
            return False
        self.advance()
        if self.token == end:
            self.wrong(f"a comma stands before {end}. Take it out")
        return True


def read(text: str) -> Node:
    """The tree of a JSON text; Faulty with the first thing that isn't JSON."""
    reader = _Reader(text)
    root = reader.value()
    if reader.token:
        reader.wrong("something follows after its end")
    return root

"""Markdown to safe HTML: rendered without raw HTML, then cleaned; the only maker of Markup."""

from functools import cache
from typing import TYPE_CHECKING, Final

from markupsafe import Markup

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

_TAGS: Final = {
    "a", "blockquote", "br", "code", "del", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li",
    "ol", "p", "pre", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip

# Parsing takes seconds beyond this; such a text is shown as it is written.
LONGEST = 100_000


@cache
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])


def html(text: str) -> Markup:
    """The text as HTML of about two dozen tags: no images, no styles, links to http(s) and mail."""
    if len(text) > LONGEST:
        return Markup("<pre>{}</pre>").format(text)
    import nh3  # a process that serves feeds alone needs neither

    cleaned = nh3.clean(
        _parser().render(text),
        tags=_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer",
    )
    return Markup(cleaned)  # noqa: S704  (cleaned on the line above)

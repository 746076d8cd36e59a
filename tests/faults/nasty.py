"""Texts that no form would let through, as a careless script might write them by SQL."""

ZERO_WIDTH = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"
SCRIPT = "<script>alert(1)</script>"

CONTROLS = [f"a{chr(code)}b" for code in (*range(1, 32), *range(0x7F, 0xA0))]
BREAKS = [
    "a\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:Planted", "\r\nX-Planted: 1", "a\r\n b", "a\n\tb",
    "a\u2028b", "a\u2029b", "a\x85b", "\r\n\r\n<html>", "%0d%0aSet-Cookie: a=b",
    "a\rBEGIN:VALARM", "\\n\\N\\;\\,", "END:VCALENDAR", "a;b:c,d", 'TZID="x":y', '";X="',
]  # fmt: skip
HTML = [
    SCRIPT, f'">{SCRIPT}', f"'>{SCRIPT}", f"</textarea>{SCRIPT}", f"</title>{SCRIPT}",
    f"]]>{SCRIPT}", f"--><!--{SCRIPT}", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>",
    '<a href="javascript:alert(1)">x</a>', "<iframe src=//x.example></iframe>", "<base href=//x>",
    '<form action="//x.example"><button>', "<style>*{display:none}</style>", "<!--", "&lt;&#60;&",
    '" onmouseover="alert(1)', "' autofocus onfocus='alert(1)", "<math><mtext></mtext></math>",
    "<meta http-equiv=refresh content=0>", "<object data=x>", "<ScRiPt >alert(1)</sCrIpT>",
]  # fmt: skip
MARKDOWN = [
    "[x](javascript:alert(1))", "![x](https://x.example/i.png)", "<https://x.example>", "[x]: y",
    "# " * 500, "*" * 5000, "> " * 2000, "`" * 3000, "| a |\n|---|\n" * 50, "[" * 3000,
    "1. " * 800, "~~~\n", "[a](<b)c>)", "&#x6a;avascript:alert(1)",
]  # fmt: skip
LINKS = [
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)",
    "\x01javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>", "vbscript:x", "file:///etc/passwd", "//x.example",
    "https://", "https://[::1", "http://a b", "https://u:p@x.example", "mailto:a@b?cc=c", "tel:+1",
    "https://x.example/" + "a" * 400, "ftp://x", "https://x.example/%zz", "\\\\x\\y",
]  # fmt: skip
ZONES = [
    "Mars/Olympus", "../../etc/passwd", "/etc/localtime", "UTC+99", "America", "america/new_york",
    "Etc/GMT+25", "America/New_York ", "EST5EDT,M3", "posixrules", ".", "leapseconds", "tzdata.zi",
]  # fmt: skip
FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "＝1", '=HYPERLINK("http://x")', "|x"]
LETTERS = [
    *(f"a{one}b" for one in ZERO_WIDTH), *(f"{one}abc" for one in BIDI), "שלום עולם", "مرحبا",
    "e" + "\u0301" * 300, "Z̴̢a̸l̶g̷o̵", "👩\u200d👩\u200d👧",
    "🇺🇸" * 40, "𝕏" * 30, "\ufffe", "\uffff", "\U0010ffff",
    "ﷺ" * 30, "ſ", "İi", "ß", "ｆｕｌｌ", "\u3000", "\u00a0", "\ue000",
]  # fmt: skip
LONG = ["x" * 100_000, "word " * 20_000, "\n" * 5000, "é" * 75, "漢" * 3000, "a\n" * 20_000]
SYNTAX = [
    "", " ", "   \n  ", "null", "None", "0", "-1", "1e999", "NaN", "{", "[]", '{"a":', "{{ 7*7 }}",
    "{% raw %}", "${7*7}", "%s%n%d", "%", "%%", "{0}", "{}", "' OR 1=1 --", '"; DROP TABLE x;',
    "\\", "\\u0000", "../../x", "a/b", "a?b#c", ".", "..", "-", "--help", "\t", "'", '"', "`",
    "2010-13-45", "0000-00-00T00:00", "9999-12-31", "true", "=?utf-8?q?x?=",
]  # fmt: skip
# SQLite keeps a NUL; PostgreSQL refuses it, and neither takes a lone surrogate.
NUL = ["a\x00b", "\x00"]

ALL = [
    *CONTROLS, *BREAKS, *HTML, *MARKDOWN, *LINKS, *ZONES, *FORMULAS, *LETTERS, *LONG, *SYNTAX, *NUL
]  # fmt: skip
# One of each kind, for the reduced round.
FEW = [
    "a\x01b", BREAKS[0], HTML[1], MARKDOWN[0], LINKS[0], ZONES[1], FORMULAS[0], "\u202eabc",
    LONG[0], "", "{{ 7*7 }}", NUL[0],
]  # fmt: skip
UNKNOWN_WORDS = ["later", "", "HELD"]
WRONG_JSON = ["null", "{}", "[]", "1", '"x"', "[1]", "[{}]", '[{"a": 1}]', '{"a": 1}']
BROKEN_JSON = ["{", "", "x", "[1,"]  # PostgreSQL refuses these itself

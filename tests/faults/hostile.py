"""F19: hostile calendars, each of which must be decided within three seconds, by a clear reason.

{"what": (the file, what must become of it)}: a fault, or None where it is read like any other.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

SINCE = datetime(2030, 11, 1, tzinfo=UTC)
UNTIL = SINCE + timedelta(days=548)
Made = tuple[bytes, str | None]


def calendar(body: str) -> bytes:
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{body}END:VCALENDAR\r\n".encode()


def event(*lines: str, uid: str = "a") -> str:
    start = (
        ""
        if any(line.startswith("DTSTART") for line in lines)
        else ("DTSTART:20301104T150000Z\r\n")
    )
    inside = "".join(f"{line}\r\n" for line in lines)
    return f"BEGIN:VEVENT\r\nUID:{uid}\r\n{start}{inside}END:VEVENT\r\n"


def rule(written: str, *more: str) -> bytes:
    return calendar(event(f"RRULE:{written}", "DURATION:PT1H", *more))


def nested(depth: int) -> bytes:
    return calendar("BEGIN:VEVENT\r\n" * depth + "END:VEVENT\r\n" * depth)


def zone(inside: str, tzid: str = "Mine") -> bytes:
    described = f"BEGIN:VTIMEZONE\r\nTZID:{tzid}\r\n{inside}END:VTIMEZONE\r\n"
    return calendar(described + event(f"DTSTART;TZID={tzid}:20301104T150000", "DURATION:PT1H"))


def observance(more: str = "", start: str = "19700101T020000") -> str:
    return (
        f"BEGIN:STANDARD\r\nDTSTART:{start}\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\n{more}"
        "END:STANDARD\r\n"
    )


GOOD = event("DURATION:PT1H")
NUMBERS = ",".join(map(str, range(60)))
# Made when their turn comes: some have five megabytes.
ALL: dict[str, Callable[[], Made]] = {
    "rule every second": lambda: (rule("FREQ=SECONDLY"), "bad_rule"),
    "rule every minute": lambda: (rule("FREQ=MINUTELY;COUNT=10"), "bad_rule"),
    "rule every hour": lambda: (rule("FREQ=HOURLY"), "bad_rule"),
    "interval of nothing": lambda: (rule("FREQ=DAILY;INTERVAL=0"), "bad_rule"),
    "interval without end": lambda: (rule(f"FREQ=DAILY;INTERVAL={'9' * 4000}"), "bad_rule"),
    "count of a billion": lambda: (rule("FREQ=DAILY;COUNT=1000000000"), "bad_rule"),
    "never true, daily": lambda: (rule("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"), None),
    "never true, yearly": lambda: (rule("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30,31"), None),
    "never true, of long ago": lambda: (
        calendar(event("DTSTART:18000101T000000Z", "RRULE:FREQ=YEARLY;BYYEARDAY=366;BYMONTH=1",
                       "DURATION:PT1H")), None,
    ),
    "every second of a day": lambda: (
        rule(f"FREQ=DAILY;BYHOUR=1,2;BYMINUTE={NUMBERS};BYSECOND={NUMBERS}"), "bad_rule",
    ),
    "every minute of each day": lambda: (rule(f"FREQ=DAILY;BYHOUR=0,1;BYMINUTE={NUMBERS}"),
                                         "too_much"),
    "places among a thousand": lambda: (
        rule(f"FREQ=DAILY;BYHOUR={','.join(map(str, range(24)))};BYMINUTE={NUMBERS}"
             ";BYSETPOS=1"), None,
    ),
    "a list of ten thousand": lambda: (
        rule(f"FREQ=YEARLY;BYMONTHDAY={','.join(['1'] * 10_000)}"), "bad_rule",
    ),
    "an excluding rule": lambda: (rule("FREQ=DAILY;COUNT=3", "EXRULE:FREQ=DAILY"), "bad_rule"),
    "a hundred rules": lambda: (
        calendar(event(*["RRULE:FREQ=DAILY"] * 100, "DURATION:PT1H")), "bad_rule",
    ),
    "a thousand daily events": lambda: (
        calendar("".join(event("RRULE:FREQ=DAILY", "DURATION:PT1H", uid=str(one))
                         for one in range(1000))), "too_much",
    ),
    "five thousand rules that never come true": lambda: (
        calendar("".join(event("RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "DURATION:PT1H",
                               uid=str(one)) for one in range(4990))), "too_slow",
    ),
    "two hundred thousand dates": lambda: (
        calendar(event(f"RDATE:{','.join(['20301104T150000Z'] * 200_000)}")), "too_much",
    ),
    "two hundred thousand dates, folded": lambda: (
        calendar(event("DURATION:PT1H", *[f"RDATE:20301104T{one % 24:02}0000Z"
                                          for one in range(200_000)])), "too_much",
    ),
    "a million exceptions": lambda: (
        calendar(event("RRULE:FREQ=DAILY", "DURATION:PT1H",
                       *[f"EXDATE:{','.join(['20301104T150000Z'] * 3000)}"] * 90)), "too_much",
    ),
    "a million properties": lambda: (
        calendar(event(*["X:1"] * 1_000_000)), "too_much",
    ),
    "a million categories": lambda: (
        calendar(event(f"CATEGORIES:{','.join(['a'] * 1_000_000)}")), "too_much",
    ),
    "a line of five megabytes": lambda: (calendar(event(f"DESCRIPTION:{'a' * 4_900_000}")),
                                         "too_much"),
    "folded at every byte": lambda: (
        calendar(event("DESCRIPTION:" + "\r\n ".join("a" * 1_200_000))), "too_much",
    ),
    "only folds": lambda: (b"BEGIN:VCALENDAR" + b"\r\n " * 1_600_000, "no_calendar"),
    "more than five megabytes of nothing": lambda: (b"\r\n" * 2_500_000, "no_calendar"),
    "a hundred thousand parameters": lambda: (
        calendar(event("DTSTART" + ";A=1" * 10_000 + ":20301104T150000Z")), "no_calendar",
    ),
    "a quote without end": lambda: (
        calendar(event('DTSTART;TZID="' + "a" * 60_000 + ":20301104T150000")), "no_calendar",
    ),
    "a hundred thousand nested": lambda: (nested(100_000), "too_much"),
    "nested five deep": lambda: (nested(5), "too_much"),
    "a hundred thousand events": lambda: (calendar(GOOD * 60_000), "too_much"),
    "a thousand alarms that repeat": lambda: (
        calendar(event("DURATION:PT1H", *[
            "BEGIN:VALARM\r\nTRIGGER:-PT1M\r\nREPEAT:99999999\r\nDURATION:PT1S\r\nEND:VALARM"
        ] * 1000)), None,
    ),
    "UTF-16": lambda: (calendar(GOOD).decode().encode("utf-16"), "not_utf8"),
    "Latin-1": lambda: (calendar(event("SUMMARY:Zahnärztin")).decode().encode("latin-1"),
                        "not_utf8"),
    "a byte order mark": lambda: (b"\xef\xbb\xbf" + calendar(GOOD), None),
    "a NUL": lambda: (calendar(event("SUMMARY:a\x00b")), "not_utf8"),
    "surrogates": lambda: (calendar(GOOD).replace(b"UID:a", b"UID:\xed\xa0\x80"), "not_utf8"),
    "no end": lambda: (calendar(GOOD)[:-20], "no_calendar"),
    "ends crossed": lambda: (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VCALENDAR\r\nEND:VEVENT\r\n",
                             "no_calendar"),
    "only ends": lambda: (b"END:VEVENT\r\n" * 100_000, "no_calendar"),
    "HTML": lambda: (b"<!doctype html><script>alert(1)</script>" * 1000, "no_calendar"),
    "a zip": lambda: (b"PK\x03\x04" + bytes(range(256)) * 1000, "not_utf8"),
    "one id a thousand times": lambda: (calendar(GOOD * 4000), None),
    "a thousand moved instances of one": lambda: (
        calendar(event("RRULE:FREQ=DAILY", "DURATION:PT1H") + "".join(
            event("RECURRENCE-ID;RANGE=THISANDFUTURE:20301104T150000Z", "DURATION:PT1H")
            for _ in range(4000))), None,
    ),
    "weeks without end": lambda: (calendar(event("DURATION:P99999999W")), "bad_time"),
    "seconds without end": lambda: (calendar(event(f"DURATION:PT{'9' * 60_000}S")), "bad_time"),
    "a length below nothing": lambda: (calendar(event("DURATION:-P1D")), "bad_time"),
    "year 9999": lambda: (calendar(event("DTSTART:99991231T235959Z")), "bad_time"),
    "year 1": lambda: (calendar(event("DTSTART:00010101T000000")), "bad_time"),
    "year 0": lambda: (calendar(event("DTSTART:00000101T000000")), "bad_time"),
    "the 31st of February": lambda: (calendar(event("DTSTART:20300231T000000")), "bad_time"),
    "digits of other scripts": lambda: (calendar(event("DTSTART:٢٠٣٠١١٠٤T150000Z")), "bad_time"),
    "a zone that is a path": lambda: (
        calendar(event("DTSTART;TZID=../../../../etc/passwd:20301104T150000")), "bad_zone",
    ),
    "a zone that is a folder": lambda: (calendar(event("DTSTART;TZID=America:20301104T150000")),
                                        "bad_zone"),
    "a thousand observances": lambda: (zone(observance() * 1000), "bad_zone"),
    "a zone that changes each day": lambda: (zone(observance("RRULE:FREQ=DAILY\r\n")), "bad_zone"),
    "a zone that changes each second": lambda: (zone(observance("RRULE:FREQ=SECONDLY\r\n")),
                                                "bad_zone"),
    "a zone a hundred hours away": lambda: (
        zone(observance().replace("+0200", "+9900")), "bad_zone",
    ),
    "a zone by a hundred thousand dates": lambda: (
        zone(observance(f"RDATE:{','.join(['19700101T020000'] * 3000)}\r\n")), "bad_zone",
    ),
    "a zone by every day of the year": lambda: (
        zone("".join(observance(f"RRULE:FREQ=YEARLY;BYMONTHDAY={','.join(map(str, range(1, 32)))}"
                                "\r\n") for _ in range(20))), None,
    ),
    "a zone in a zone": lambda: (
        zone("BEGIN:VTIMEZONE\r\nTZID:Mine\r\nEND:VTIMEZONE\r\n"), "bad_zone",
    ),
    "a busy time without end": lambda: (
        calendar("BEGIN:VFREEBUSY\r\nFREEBUSY:20301104T150000Z/P99999D\r\nEND:VFREEBUSY\r\n"),
        "bad_time",
    ),
    "a hundred thousand busy times": lambda: (
        calendar("BEGIN:VFREEBUSY\r\n" + "FREEBUSY:20301104T150000Z/PT1H\r\n" * 19_000
                 + "END:VFREEBUSY\r\n"), "too_much",
    ),
    "a reply that would act": lambda: (
        calendar("METHOD:CANCEL\r\n" + event("STATUS:CANCELLED", "ATTENDEE:mailto:a@b.example")),
        None,
    ),
}  # fmt: skip

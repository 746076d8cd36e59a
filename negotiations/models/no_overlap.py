"""The statements by which the database itself refuses two overlapping bookings of a resource.

Every migration that touches `booking` runs them again: a batch recreate on SQLite drops a table's
triggers without a word.
"""

NAME = "booking_no_overlap"

_POSTGRESQL = f"""
ALTER TABLE booking ADD CONSTRAINT {NAME} EXCLUDE USING gist (
    int8range(resource_no, resource_no, '[]') WITH &&,
    tstzrange(starts_at, ends_at, '[)') WITH &&
)
"""
# SQLite keeps instants as UTC text of one width, so their order is that of the texts.
_SQLITE = """
CREATE TRIGGER booking_no_overlap_{event} BEFORE {event} ON booking
WHEN EXISTS (
    SELECT 1 FROM booking AS other
    WHERE other.resource_no = NEW.resource_no AND other.id <> NEW.id
      AND other.starts_at < NEW.ends_at AND other.ends_at > NEW.starts_at
)
BEGIN
    SELECT RAISE(ABORT, 'booking_no_overlap');
END
"""


def statements(dialect: str) -> list[str]:
    """For `postgresql` an exclusion constraint (no extension needed), for `sqlite` triggers."""
    if dialect == "postgresql":
        return [_POSTGRESQL]
    return [_SQLITE.format(event=event) for event in ("insert", "update")]

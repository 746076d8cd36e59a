"""The calendar, the notes and the outcome record of parallel talks with many jurisdictions."""

import zoneinfo

__version__ = "0.1.0"

# The pinned package tzdata rules, not whatever the machine has: two machines must give the same
# bytes, and feeds name the version they were rendered with.
zoneinfo.reset_tzpath(to=[])
zoneinfo.ZoneInfo.clear_cache()

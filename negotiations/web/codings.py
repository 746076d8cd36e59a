"""PURE: which content coding does a caller take? (RFC 9110 §12.5.3)"""

GZIP = frozenset({"gzip", "x-gzip"})


def takes_gzip(accept_encoding: str | None) -> bool:
    """Whether gzip is asked for: by its name, or by `*` where its name isn't there."""
    weights = dict(map(_weighed, (accept_encoding or "").lower().split(",")))
    named = [weights[name] for name in GZIP if name in weights]
    return max(named, default=weights.get("*", 0.0)) > 0


def _weighed(part: str) -> tuple[str, float]:
    """A coding and its weight: 1 where none is given, 0 where what stands there is none."""
    name, _, weight = part.partition(";")
    key, _, value = weight.replace(" ", "").replace("\t", "").partition("=")
    if not weight.strip():
        return name.strip(), 1.0
    try:
        return name.strip(), float(value) if key == "q" else 0.0
    except ValueError:
        return name.strip(), 0.0

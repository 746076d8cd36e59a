"""PURE: the order of issues by their codes."""


def code_order(code: str) -> tuple[tuple[int, int, str], ...]:
    """Sorts `2` before `10`, and `1` before `1.a`."""
    return tuple(
        (0, int(part), "") if part.isdecimal() else (1, 0, part) for part in code.split(".")
    )

"""How a message tells what it got."""

from __future__ import annotations

MOST_SHOWN = 60


def got(value: object, *, hidden: bool = False) -> str:
    """Name *value* for the end of a message, in at most 60 of its characters."""
    if value is None:
        return "nothing"
    if hidden:
        return "a value that is not shown"
    if isinstance(value, str):
        return quoted(value)
    return "a list" if isinstance(value, list) else "a map"


def quoted(text: str) -> str:
    """Put *text* in quotes, in one line and cut to what a message has room for."""
    return f'"{in_line(text, MOST_SHOWN)}"'


def in_lines(first: int, second: int) -> str:
    """Name the lines of what stands twice."""
    if first == second:
        return f"twice in line {first}"
    return f"in lines {first} and {second}"


def in_line(text: str, most: int) -> str:
    """Return *text* in one line of at most *most* characters that can all be seen."""
    line = " ".join(text[: most * 9].split())
    if len(line) > most or len(text) > most * 9:
        line = line[: most - 1].rstrip() + "…"
    if line.isprintable():
        return line
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in line)

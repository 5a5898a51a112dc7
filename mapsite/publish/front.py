"""The front: what lies at the root of a target, and tells nothing of any deal."""

from __future__ import annotations

from markupsafe import escape

from mapsite.publish.template import text_of
from mapsite.room.frame import CSP
from mapsite.room.shell import hashed


def front_files(base: str = "/") -> dict[str, bytes]:
    """Return the files of the front by their path from the target's root.

    They are the same whatever is published. *base* is the path of the target's address:
    a page for what is missing is shown at any depth, and finds its stylesheet by it.
    """
    css = text_of("front.css").encode()
    place = hashed("front.css", css)
    return {
        "index.html": text_of("index.html", csp=CSP, css=place).encode(),
        "404.html": text_of(
            "404.html", csp=CSP, css=str(escape(f"{base}{place}"))
        ).encode(),
        "robots.txt": text_of("robots.txt").encode(),
        place: css,
    }

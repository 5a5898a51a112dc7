"""Ask a host for the front, for what is not there, and for a room with its files."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit, urlunsplit

from mapsite.errors import MapsiteError
from mapsite.publish.fetch import Fetched
from mapsite.publish.target import TargetError

Answers = Mapping[str, Fetched | TargetError]
Ask = Callable[[Iterable[str]], Answers]
"""Gets addresses, each with what came or why nothing did."""

OK = 200
PRIVATE = (".git/HEAD", "mkdocs.yml", ".mapsite-secret", "plans/")
"""What lies in a repository, which may be served by mistake."""

_ROOM = re.compile(r"(/(?:.*/)?)t/([a-z2-7]{26})(?:/.*)?", re.ASCII)
_CUT = re.compile(r"/t/[^/]")
_LINKED = re.compile(r'(?:href|src)="((?:assets|changes)/[^"?#:]+\.([a-z0-9]+))"')
_KINDS = {
    "css": "a stylesheet",
    "js": "a script",
    "svg": "a drawing",
    "png": "a picture",
    "jpg": "a photo",
    "pdf": "a document",
    "csv": "a table",
    "xlsx": "a workbook",
    "docx": "a Word document",
    "pptx": "slides",
    "ics": "an invitation",
    "html": "its page of changes",
}


class Seen(NamedTuple):
    """Hold one answer, with the words for what was asked for."""

    what: str
    key: str
    """The file that should answer, from the target's root."""
    answer: Fetched


@dataclass(frozen=True, slots=True)
class Visit:
    """Hold all that a host answered."""

    root: str = field(repr=False)
    """The address of the target's root; it ends in a slash."""
    front: Fetched
    plain: Fetched | TargetError | None
    """What the same front answers by http, where the address is https."""
    gone: tuple[Seen, ...]
    """What came for addresses of nothing; the first is the folder of all rooms."""
    private: tuple[str, ...]
    """Files of the repository that are served."""
    others: tuple[Seen, ...]
    """robots.txt, and the room with one file of each kind."""
    room: Fetched | None = None
    """The room that the address named; None if it named none."""
    bare: Fetched | TargetError | None = None
    """What comes for the room's address without its last slash."""
    listing: Fetched | TargetError | None = None
    """What comes for the folder of the room's files."""

    @property
    def https(self) -> bool:
        """Tell whether readers come by https."""
        return self.root.startswith("https://")

    @property
    def host(self) -> str:
        """Return the name of the host."""
        return urlsplit(self.root).hostname or ""

    @property
    def seen(self) -> tuple[Seen, ...]:
        """Return every answer of which headers are promised."""
        front = Seen("the front", "index.html", self.front)
        return (front, *self.others, *self.gone)


def visit(address: str, ask: Ask, strangers: tuple[str, str]) -> Visit:
    """Ask for all there is to know of *address*, a target's root or one of its rooms.

    *strangers* are two tokens that no room has. Raises MapsiteError for what is no
    address, and TargetError where nothing answers.
    """
    root, token = read_address(address)
    nowhere, plain = _nowhere(root, strangers), _by_http(root)
    private = {name: f"{root}{name}" for name in PRIVATE}
    robots = f"{root}robots.txt"
    got = ask([root, robots, *plain, *nowhere.values(), *private.values()])
    if isinstance(front := got[root], TargetError):
        raise front
    gone = list(_answered({what: (what, url) for what, url in nowhere.items()}, got))
    unlike = {one.answer.body for one in gone} | {front.body}
    room = _Room(root, token, ask) if token else None
    return Visit(
        root=root,
        front=front,
        plain=got[plain[0]] if plain else None,
        gone=tuple(one._replace(key="404.html") for one in gone),
        private=tuple(
            name
            for name, url in private.items()
            if isinstance(one := got[url], Fetched)
            and one.status == OK
            and one.body not in unlike
        ),
        others=(
            *_there({"robots.txt": ("robots.txt", robots)}, got),
            *(room.seen if room else ()),
        ),
        room=room.page if room else None,
        bare=room.bare if room else None,
        listing=room.listing if room else None,
    )


def read_address(address: str) -> tuple[str, str | None]:
    """Return the address of the target's root, and the token if it names a room.

    Raises MapsiteError that does not tell *address*.
    """
    try:
        parts = urlsplit(address.strip())
        known = parts.scheme in {"https", "http"} and parts.hostname
        secret = parts.username or parts.password
    except ValueError:
        known = secret = None
    if not known:
        raise MapsiteError("expected an address like https://deals.example/")
    if secret:
        raise MapsiteError("expected an address without a user's name and password")
    found = _ROOM.fullmatch(parts.path)
    if not found and _CUT.search(parts.path):
        raise MapsiteError(
            "expected a room's whole address: 26 characters, a-z and 2-7, after /t/"
        )
    base = found[1] if found else f"{parts.path.rstrip('/')}/"
    root = urlunsplit((parts.scheme, parts.netloc, base, "", ""))
    return root, found[2] if found else None


class _Room:
    """Ask for a room, then for one file of each kind that its page names."""

    def __init__(self, root: str, token: str, ask: Ask) -> None:
        at = f"{root}t/{token}/"
        named = {"a calendar": ("plan.ics", f"{at}plan.ics")}
        first = ask([at, at[:-1], f"{at}assets/", named["a calendar"][1]])
        page = first[at]
        if isinstance(page, TargetError):
            raise page
        self.page, self.bare, self.listing = page, first[at[:-1]], first[f"{at}assets/"]
        links = dict(_one_of_each(at, page))
        self.seen = (
            *_there({"a room": ("index.html", at)}, first),
            *_there(named, first),
            *_there(links, ask([url for _, url in links.values()])),
        )


def _one_of_each(at: str, page: Fetched) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield one file of each kind that a room's page names, with its address."""
    told = set()
    for link, ending in _LINKED.findall(page.body.decode("utf-8", "replace")):
        what = _KINDS.get(ending, f"a file .{ending}")
        if what not in told:
            told.add(what)
            yield what, (link, urljoin(at, link))


def _nowhere(root: str, strangers: tuple[str, str]) -> dict[str, str]:
    one, other = strangers
    return {
        "the folder of all rooms": f"{root}t/",
        "an unknown room": f"{root}t/{one}/",
        "an unknown page": f"{root}t/{other}/changes/index.html",
        "an unknown asset": f"{root}t/{one}/assets/room.0000000000.css",
        "an unknown file": f"{root}{other}.html",
    }


def _by_http(root: str) -> tuple[str, ...]:
    """Return the address of the front by http, if it is another."""
    parts = urlsplit(root)
    if parts.scheme != "https" or parts.port not in {None, 443}:
        return ()
    return (urlunsplit(parts._replace(scheme="http", netloc=parts.hostname or "")),)


def _answered(wanted: Mapping[str, tuple[str, str]], got: Answers) -> Iterator[Seen]:
    for what, (key, url) in wanted.items():
        if isinstance(answer := got[url], Fetched):
            yield Seen(what, key, answer)


def _there(wanted: Mapping[str, tuple[str, str]], got: Answers) -> Iterator[Seen]:
    return (one for one in _answered(wanted, got) if one.answer.status == OK)

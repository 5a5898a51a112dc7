"""What every target must do; `test_targets` and others run it on real servers.

class TestMine(TargetContract):
    @pytest.fixture
    def shelf(self, ...) -> Shelf: ...
"""

from __future__ import annotations

import logging
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain, product

import pytest

from mapsite.publish.target import Target, TargetError, Upload

TOKEN = "b4k3n5q7" * 3 + "aa"
OTHER = "c4k3n5q7" * 3 + "bb"
PAGE = "text/html; charset=utf-8"
OVERWRITES = 80
UNSOUND = ("../x", "/etc/x", "t/../../x", "a\\b", "a\0b", "", "a//b", "./a", "a/")


@dataclass(frozen=True, slots=True)
class Shelf:
    """Hold one empty place of a kind, and doors to it that are not the target's."""

    open: Callable[[], Target]
    """Makes one more publisher."""
    seen: Callable[[str], bytes | None]
    """Reads a file as a reader does."""
    plant: Callable[[str, bytes], None]
    """Puts somebody else's file there."""
    headers: Callable[[str], Mapping[str, str]] | None = None
    """Returns the headers that a reader gets, where the target sets them."""
    exclusive: bool = True
    """Whether a claim can fail."""
    gaps: bool = False
    """Whether this server lets readers see nothing while a file is replaced."""


def page(key: str, text: str | bytes = "<p>Acme</p>") -> Upload:
    """Return an upload of a page."""
    data = text if isinstance(text, bytes) else text.encode()
    return Upload(key, data, PAGE, "no-store")


def send(target: Target, *uploads: Upload) -> None:
    """Put and deliver *uploads*."""
    target.put(uploads)
    target.deliver()


class TargetContract:
    """Try one kind of target; a subclass brings the fixture `shelf`."""

    overwrites = OVERWRITES
    """How often a page is replaced; fewer where each takes a program of its own."""

    @pytest.fixture
    def another(self, shelf: Shelf) -> Iterator[Callable[[], Target]]:
        """Return a function that makes one more publisher of the place."""
        made: list[Target] = []

        def make() -> Target:
            made.append(shelf.open())
            return made[-1]

        yield make
        for target in made:
            target.close()

    @pytest.fixture
    def target(self, another: Callable[[], Target]) -> Target:
        """Return a publisher of the place."""
        return another()

    def test_what_was_put_can_be_read(self, shelf: Shelf, target: Target) -> None:
        """A publisher and a reader get the very bytes, and nothing for what is not."""
        key, picture = f"t/{TOKEN}/index.html", f"t/{TOKEN}/assets/logo.0a1b.png"
        data = bytes(range(256)) * 5
        text = "<p>Grüße, 日本</p>"
        send(target, page(key, text), Upload(picture, data, "image/png", "no-store"))
        missing = [f"t/{TOKEN}/none.html", f"t/{OTHER}/index.html", "none.txt"]
        expected = {key: text.encode(), picture: data}
        assert target.read([picture, *missing, key]) == expected
        assert {name: shelf.seen(name) for name in expected} == expected

    def test_files_come_with_their_headers(self, shelf: Shelf, target: Target) -> None:
        """Text has its charset, and each file how long it may be kept."""
        if shelf.headers is None:
            assert shelf.seen("index.html") is None, "its web server tells them"
            return
        lasting = "public, max-age=31536000, immutable"
        style = Upload("a.css", b"p{}", "text/css; charset=utf-8", lasting)
        send(target, page("index.html"), style)
        for upload in (page("index.html"), style):
            headers = shelf.headers(upload.key)
            assert headers["content-type"] == upload.content_type
            assert headers["cache-control"] == upload.cache_control

    def test_the_same_length_is_no_reason_to_stay(
        self, shelf: Shelf, target: Target, another: Callable[[], Target]
    ) -> None:
        """A file is replaced, by another publisher too, whatever its length."""
        send(target, page("index.html", "status: done"))
        other = another()
        send(other, page("index.html", "status: open"))
        assert shelf.seen("index.html") == b"status: open"
        again = another()
        assert again.read(["index.html"]) == {"index.html": b"status: open"}

    def test_long_and_odd_names_arrive(self, shelf: Shelf, target: Target) -> None:
        """A key of 120 characters does, an empty file, and names URLs would quote."""
        long = f"t/{TOKEN}/assets/".ljust(116, "x") + ".png"
        odd = f"t/{TOKEN}/a b+c%20é~(1).txt"
        send(target, page(long, "long"), page(odd, "odd"), page("empty.txt", ""))
        assert shelf.seen(long) == b"long"
        assert shelf.seen(odd) == b"odd"
        assert target.read([odd, "empty.txt"]) == {odd: b"odd", "empty.txt": b""}

    def test_rooms_are_the_folders_in_t(
        self, target: Target, another: Callable[[], Target]
    ) -> None:
        """None at first, then one for each token; files at the root are none."""
        empty = target.rooms()
        send(
            target,
            page(f"t/{TOKEN}/index.html"),
            page(f"t/{TOKEN}/changes/index.html"),
            page(f"t/{OTHER}/index.html"),
            page("index.html"),
        )
        other = another()
        assert empty in (None, set())
        assert other.rooms() in (None, {TOKEN, OTHER})

    def test_what_is_removed_is_gone(self, shelf: Shelf, target: Target) -> None:
        """With its folders, while what lies beside it stays; missing ones are fine."""
        gone = [f"t/{TOKEN}/index.html", f"t/{TOKEN}/changes/index.html"]
        kept = f"t/{OTHER}/index.html"
        send(target, *map(page, (*gone, kept)))
        target.remove([*gone, f"t/{TOKEN}/never.html", "none/x.html"])
        target.deliver()
        assert [shelf.seen(key) for key in gone] == [None, None]
        assert target.read([*gone, kept]) == {kept: page(kept).data}
        assert target.rooms() in (None, {OTHER})
        target.remove(gone)
        target.remove([kept])
        target.deliver()
        assert target.rooms() in (None, set())

    def test_files_of_others_stay(self, shelf: Shelf, target: Target) -> None:
        """At the root and in a room's folder, whatever comes and goes around them."""
        foreign = {
            "CNAME": b"deals.mama.example",
            f"t/{TOKEN}/theirs.html": b"theirs",
            "blog/index.html": b"blog",
        }
        for key, data in foreign.items():
            shelf.plant(key, data)
        send(target, page(f"t/{TOKEN}/index.html"), page("index.html"))
        target.remove([f"t/{TOKEN}/index.html", "index.html"])
        target.deliver()
        assert {key: shelf.seen(key) for key in foreign} == foreign
        assert shelf.seen(f"t/{TOKEN}/index.html") is None

    def test_a_hundred_files_at_once(self, shelf: Shelf, target: Target) -> None:
        """All arrive, in folders that are not there yet, and all are counted."""
        keys = [f"t/{TOKEN}/{n % 7}/{n % 3}/page-{n}.html" for n in range(100)]
        told: list[int] = []
        target.put([page(key, key) for key in keys], told.append)
        target.deliver()
        assert sum(told) == len(keys)
        assert target.read(keys) == {key: key.encode() for key in keys}
        assert shelf.seen(keys[-1]) == keys[-1].encode()
        target.remove(keys)
        target.deliver()
        assert target.read(keys) == {}
        assert target.rooms() in (None, set())

    def test_a_claim_holds_until_it_is_removed(
        self, shelf: Shelf, target: Target, another: Callable[[], Target]
    ) -> None:
        """Another publisher's fails meanwhile and changes nothing."""
        if not shelf.exclusive:
            assert target.claim("publishing.json", b"one")
            return
        other = another()
        assert target.claim("publishing.json", b"one")
        assert not other.claim("publishing.json", b"two")
        assert other.read(["publishing.json"]) == {"publishing.json": b"one"}
        target.remove(["publishing.json"])
        assert other.claim("publishing.json", b"three")
        assert target.read(["publishing.json"]) == {"publishing.json": b"three"}

    def test_of_two_claims_at_once_one_wins(
        self, shelf: Shelf, another: Callable[[], Target]
    ) -> None:
        """However often they meet, and its content is the winner's."""
        if not shelf.exclusive:
            return
        targets = [another(), another()]
        for target in targets:
            target.read(["connect.json"])
        for meeting in range(8):
            gate = threading.Barrier(len(targets))

            def claim(
                number: int,
                gate: threading.Barrier = gate,
                key: str = f"{meeting}.json",
            ) -> bool:
                gate.wait(30)
                return targets[number].claim(key, b"%d" % number)

            with ThreadPoolExecutor(len(targets)) as pool:
                won = list(pool.map(claim, range(len(targets))))
            found = targets[0].read([f"{meeting}.json"])
            assert sorted(won) == [False, True]
            assert found == {f"{meeting}.json": b"%d" % won.index(True)}

    def test_readers_never_see_half_a_file(self, shelf: Shelf, target: Target) -> None:
        """A page is asked for without pause while it is replaced."""
        whole = [letter * 40_000 for letter in (b"a", b"b")]
        send(target, page("index.html", whole[0]))
        over = threading.Event()

        def look() -> list[bytes | None]:
            seen = [shelf.seen("index.html")]
            while not over.is_set():
                seen.append(shelf.seen("index.html"))
            return seen

        with ThreadPoolExecutor(1) as pool:
            looking = pool.submit(look)
            try:
                for turn in range(self.overwrites):
                    send(target, page("index.html", whole[turn % 2]))
            finally:
                over.set()
            seen = looking.result()
        assert set(seen) <= {*whole, *([None] if shelf.gaps else [])}
        assert len(seen) > 1

    def test_names_that_lead_astray_are_refused(self, target: Target) -> None:
        """By everything that takes a name, and without repeating it."""
        tries: list[Callable[[str], object]] = [
            lambda key: target.put([page("fine.html"), page(key)]),
            lambda key: target.remove([key]),
            lambda key: target.read([key]),
            lambda key: target.claim(key, b""),
        ]
        for key, attempt in product(UNSOUND, tries):
            with pytest.raises(TargetError) as raised:
                attempt(key)
            assert not key or key not in str(raised.value)
        assert target.read(["fine.html"]) == {}

    def test_nothing_is_told_of_names(
        self,
        shelf: Shelf,
        target: Target,
        caplog: pytest.LogCaptureFixture,
        capfd: pytest.CaptureFixture[str],
    ) -> None:
        """No log at any level, no output and no representation holds a token."""
        caplog.set_level(logging.DEBUG)
        send(target, page(f"t/{TOKEN}/index.html"))
        target.read([f"t/{TOKEN}/index.html", f"t/{TOKEN}/none"])
        target.remove([f"t/{TOKEN}/index.html"])
        target.deliver()
        printed = "".join(capfd.readouterr())
        assert TOKEN not in caplog.text + printed + repr(target)
        assert shelf.seen(f"t/{TOKEN}/index.html") is None

    def test_it_can_be_closed_and_used_again(self, target: Target) -> None:
        """Closing twice is fine; the next use connects anew."""
        send(target, page("index.html"))
        target.close()
        target.close()
        assert target.read(["index.html"]) == {"index.html": page("").data}


def everything_told(error: BaseException) -> str:
    """Return all that anybody could print of *error*, its causes included."""
    seen: list[BaseException] = []
    waiting = [error]
    while waiting:
        one = waiting.pop()
        seen.append(one)
        linked = (one.__cause__, one.__context__)
        waiting += [other for other in linked if other and other not in seen]
    told = ([repr(one), str(one), *traceback.format_exception(one)] for one in seen)
    return "\n".join(chain.from_iterable(told))

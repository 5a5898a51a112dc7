"""Opening a room asks nothing of any other place, and building makes no call."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from posixpath import dirname, normpath
from typing import Any

import html5lib
import pytest
import tinycss2

from mapsite.room.frame import load_frame
from mapsite.room.make import make_room
from tests.promises.sample import everything

Make = Callable[..., dict[str, bytes]]
PROJECT = Path(__file__).resolve().parents[2]
PLANS = PROJECT / "tests" / "plans"
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " base-uri 'none'; form-action 'none'"
)
LOADS = {
    ("script", "src"),
    ("link", "href"),
    ("img", "src"),
    ("image", "href"),
    ("use", "href"),
}
"""What makes a browser ask for a file; all must be inside the room."""
FOLLOWED = {("a", "href")}
ASKING = re.compile(
    r"\b(fetch|XMLHttpRequest|WebSocket|EventSource|sendBeacon|importScripts|Worker"
    r"|serviceWorker|eval|Function|document\.write|innerHTML|RTCPeerConnection)\b"
    r"|\bimport\s*\(|https?:|//[a-z0-9-]+\.[a-z]"
)


@pytest.fixture(scope="module", params=["full", "bare", "everything"])
def files(request: pytest.FixtureRequest, room: Make) -> dict[str, bytes]:
    """Return the files of one room after the other."""
    if request.param == "everything":
        return room(everything("Words", "[Words](https://words.example/)"))
    return room((PLANS / f"{request.param}.yaml").read_bytes())


def pages_of(files: dict[str, bytes]) -> dict[str, Any]:
    """Return the pages of a room as trees, by their paths."""
    return {
        name: html5lib.parse(data, namespaceHTMLElements=False)
        for name, data in files.items()
        if name.endswith(".html")
    }


class TestPage:
    """What a browser does with a page, read from its elements."""

    def test_there_are_two_where_something_happened(
        self, files: dict[str, bytes]
    ) -> None:
        """A plan that remembers no day has nothing to tell of its past."""
        told = b"Lately" in files["index.html"]
        assert len(pages_of(files)) == 1 + told

    def test_loads_only_its_own_files(self, files: dict[str, bytes]) -> None:
        """What is referred to is a file, a place in the page or a plain link."""
        seen = set()
        elements = [
            (at, e) for at, page in pages_of(files).items() for e in page.iter()
        ]
        for at, element in elements:
            tag = str(element.tag).rpartition("}")[2]
            for attribute, value in element.attrib.items():
                name = attribute.rpartition("}")[2]
                if name in {
                    "href",
                    "src",
                    "srcset",
                    "data",
                    "action",
                    "formaction",
                    "poster",
                    "ping",
                    "background",
                    "manifest",
                    "cite",
                    "longdesc",
                    "usemap",
                    "archive",
                    "codebase",
                }:
                    assert (tag, name) in LOADS | FOLLOWED, (tag, name, value)
                    seen.add((tag, name))
                    if (tag, name) in LOADS:
                        file = normpath(f"{dirname(at)}/{value}").lstrip("/")
                        assert value.startswith("#") or file in files, value
        assert {
            ("script", "src"),
            ("link", "href"),
            ("a", "href"),
            ("use", "href"),
        } <= seen

    def test_asks_for_nothing_ahead(self, files: dict[str, bytes]) -> None:
        """Links of the head are style sheets and an icon."""
        for page in pages_of(files).values():
            kinds = {link.get("rel") for link in page.iter("link")}
            assert kinds == {"stylesheet", "icon"}

    def test_carries_the_one_policy_first(self, files: dict[str, bytes]) -> None:
        """Before anything that it could stop, and without an exception."""
        policy = {"http-equiv": "Content-Security-Policy", "content": CSP}
        for page in pages_of(files).values():
            tags = [e for e in page.find("head") if isinstance(e.tag, str)]
            head = [(e.tag, dict(e.attrib)) for e in tags]
            assert head[0] == ("meta", {"charset": "utf-8"})
            assert head[1] == ("meta", policy)

    def test_has_no_code_or_style_of_its_own(self, files: dict[str, bytes]) -> None:
        """Nothing that the policy would have to stop."""
        elements = [e for page in pages_of(files).values() for e in page.iter()]
        tags = {str(e.tag).rpartition("}")[2] for e in elements}
        assert len(tags) > 30
        assert tags.isdisjoint(
            {
                "style",
                "iframe",
                "object",
                "embed",
                "base",
                "foreignObject",
                "audio",
                "video",
                "template",
            }
        )
        for element in elements:
            assert "style" not in element.attrib
            assert not [name for name in element.attrib if name.startswith("on")]
            if element.tag == "script":
                assert not (element.text or "").strip()
            if element.tag == "meta":
                assert element.get("http-equiv") in {None, "Content-Security-Policy"}


class TestAssets:
    """What the page's files could ask for."""

    def test_style_sheets_load_nothing_else(self, files: dict[str, bytes]) -> None:
        """No @import, and url() only for pictures inside the sheet."""
        sheets = [data for name, data in files.items() if name.endswith(".css")]
        assert len(sheets) == 2
        for sheet in sheets:
            assert b"@import" not in sheet
            rules, _ = tinycss2.parse_stylesheet_bytes(sheet)
            text = tinycss2.serialize(rules)
            for address in re.findall(r"url\(\s*[\"']?([^\"')]*)", text):
                assert address.startswith("data:image/svg+xml"), address

    def test_scripts_ask_for_nothing(self, files: dict[str, bytes]) -> None:
        """No call that reaches out, nor one that makes text code."""
        scripts = [
            data.decode() for name, data in files.items() if name.endswith(".js")
        ]
        assert scripts
        for script in scripts:
            assert [found[0] for found in ASKING.finditer(script)] == []

    def test_pictures_load_nothing(self, files: dict[str, bytes]) -> None:
        """An SVG file refers to nothing but itself."""
        pictures = [
            data.decode() for name, data in files.items() if name.endswith(".svg")
        ]
        assert pictures
        for picture in pictures:
            bare = picture.replace("http://www.w3.org/", "")
            assert not re.search(r"https?:|//|@import|<script|<image|href=\"[^#]", bare)

    @pytest.mark.parametrize(
        "code",
        [
            "fetch('x')",
            "new WebSocket(a)",
            "import('x')",
            "a='//cdn.example'",
            "eval(a)",
        ],
    )
    def test_the_search_finds_what_asks(self, code: str) -> None:
        """The pattern above is not blind."""
        assert ASKING.search(f"let a = 1; {code};")


class TestBuilding:
    """Making a room from nothing, frame included."""

    def test_opens_no_connection(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        """Not even a socket for one is made, nor a name looked up."""
        asked: list[object] = []
        monkeypatch.setattr(
            socket, "getaddrinfo", lambda *where, **_: asked.append(where)
        )
        monkeypatch.setattr(
            socket.socket, "connect", lambda *where: asked.append(where)
        )
        monkeypatch.setattr(socket.socket, "sendto", lambda *where: asked.append(where))
        shutil.copy(PROJECT / "mapsite/start/files/mkdocs.yml", tmp_path)
        frame = load_frame(tmp_path, tmp_path / "cache")
        file = PLANS / "full.yaml"
        assert make_room(file, file.read_bytes(), date(2026, 5, 24), frame).files
        assert asked == []

    def test_works_where_there_is_no_network(self, repo: Path) -> None:
        """The command builds in a namespace that has no interface at all."""
        words = [sys.executable, "-m", "mapsite", "build", "--today", "2026-05-24"]
        unshare = ["unshare", "--map-root-user", "--net"]
        possible = (
            shutil.which("unshare")
            and not subprocess.run(
                [*unshare, "true"], capture_output=True, check=False
            ).returncode
        )
        if not possible:
            print("no network namespaces here; built without one")  # noqa: T201  # the reason
        shutil.rmtree(repo / ".mapsite")
        done = subprocess.run(
            [*(unshare if possible else []), *words],
            env={**os.environ, "PYTHONPATH": str(PROJECT)},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert (repo / "site/acme/index.html").is_file()

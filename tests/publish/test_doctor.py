"""The doctor names each promise that a host breaks, and never a room."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from mapsite.errors import MapsiteError
from mapsite.publish.doctor import Diagnosis, examine
from mapsite.publish.fetch import Fetched, fetch, fetch_all
from mapsite.publish.headers import SECURITY, headers_for
from mapsite.publish.limits import host_behind
from mapsite.publish.target import TargetBusy, TargetError
from mapsite.publish.visit import visit
from tests.publish.site import ROOM, STRANGERS, TOKEN, published_site

AT = "https://deals.example/"
Host = Callable[[str], Fetched | TargetError]
"""Answers for one address."""


@pytest.fixture(scope="module")
def site(frame_cache: Path) -> dict[str, bytes]:
    """Return a published tree with a file of every kind."""
    return published_site(frame_cache)


def good_host(site: dict[str, bytes], at: str = AT) -> Host:
    """Return a host at *at* that keeps every promise."""

    def answer(url: str) -> Fetched:
        if at.startswith("https:") and url == at.replace("https:", "http:"):
            return Fetched(301, {"Location": at}, b"")
        key = url.removeprefix(at)
        if key == ROOM[:-1]:
            return Fetched(301, {"Location": f"{at}{ROOM}"}, b"")
        key = f"{key}index.html" if not key or key.endswith("/") else key
        status, key = (200, key) if key in site else (404, "404.html")
        return Fetched(status, headers_for(key), site[key])

    return answer


def diagnose(host: Host, address: str = f"{AT}{ROOM}") -> Diagnosis:
    """Return what is found at *address* if *host* answers."""

    def ask(urls: Iterable[str]) -> dict[str, Fetched | TargetError]:
        return {url: host(url) for url in urls}

    return examine(visit(address, ask, STRANGERS))


def told(diagnosis: Diagnosis) -> dict[str, str]:
    """Return the promises that are not kept, with what is told of each."""
    assert TOKEN not in repr(diagnosis)
    assert not any(stranger in repr(diagnosis) for stranger in STRANGERS)
    return {one.promise: one.fault for one in diagnosis.missing}


def changed(host: Host, on: Callable[[str], bool], **headers: str | None) -> Host:
    """Return *host*, but with other headers where *on* says so; None takes one away."""

    def answer(url: str) -> Fetched | TargetError:
        given = host(url)
        if isinstance(given, TargetError) or not on(url):
            return given
        new = {name.replace("_", "-"): value for name, value in headers.items()}
        kept = {k: v for k, v in given.headers.items() if k not in new}
        kept |= {name: value for name, value in new.items() if value is not None}
        return replace(given, headers=kept)

    return answer


def instead(host: Host, url: str, given: Fetched | TargetError) -> Host:
    """Return *host*, but with another answer for one address."""
    return lambda asked: given if asked == url else host(asked)


def everywhere(_: str) -> bool:
    """Say so of every address."""
    return True


@pytest.mark.parametrize("path", ["", ROOM, f"{ROOM}changes/", f"{ROOM}plan.ics?x#y"])
def test_finds_nothing_where_all_is_kept(path: str, site: dict[str, bytes]) -> None:
    """A room's address, or that of one of its files, means the room."""
    found = diagnose(good_host(site), f"{AT}{path}")
    assert told(found) == {}
    assert found.address == AT
    assert ("a stylesheet" in found.asked) == bool(path)
    assert len(found.findings) > 20


def test_a_target_below_a_path_is_asked_there(site: dict[str, bytes]) -> None:
    """As those on GitHub Pages are; its robots.txt counts for nothing."""
    at = f"{AT}mama/deals/"
    found = diagnose(good_host(site, at), f"{at}{ROOM}")
    assert found.address == at
    assert "robots.txt" not in {one.promise for one in found.findings}
    assert told(found) == {}


@pytest.mark.parametrize("name", SECURITY)
def test_names_each_header_that_is_not_sent(name: str, site: dict[str, bytes]) -> None:
    """By its own name, with what to send."""
    found = diagnose(changed(good_host(site), everywhere, **{name: None}))
    assert told(found) == {name: "not sent"}
    assert found.missing[0].fix == f"send {name}: {SECURITY[name]}"


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("Content_Security_Policy", "default-src 'none'", ""),
        ("Content_Security_Policy", "default-src 'self'", "is looser in "),
        (
            "Content_Security_Policy",
            SECURITY["Content-Security-Policy"] + "; script-src-elem *",
            "is looser in script-src-elem",
        ),
        (
            "Content_Security_Policy",
            SECURITY["Content-Security-Policy"].replace("; frame-ancestors 'none'", ""),
            "is looser in frame-ancestors",
        ),
        ("Referrer_Policy", "origin", "got origin"),
        ("X_Frame_Options", "deny", ""),
        ("X_Frame_Options", "DENY, DENY", "got DENY, DENY"),
        ("X_Robots_Tag", "none", ""),
        ("X_Robots_Tag", "noindex", "got noindex"),
        ("Strict_Transport_Security", "max-age=63072000; preload", ""),
        ("Strict_Transport_Security", "max-age=300", "got max-age=300"),
        ("Permissions_Policy", SECURITY["Permissions-Policy"] + ", midi=()", ""),
        ("Permissions_Policy", "camera=()", "got camera=()"),
    ],
)
def test_takes_what_is_at_least_as_strict(
    name: str, value: str, fault: str, site: dict[str, bytes]
) -> None:
    """A host may add to what was promised, but not take away."""
    if value == "default-src 'none'":
        value += "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    found = told(diagnose(changed(good_host(site), everywhere, **{name: value})))
    if not fault:
        assert found == {}
    else:
        assert found[name.replace("_", "-")].startswith(fault)


@pytest.mark.parametrize(
    ("ending", "headers", "promise", "fault"),
    [
        (".css", {"Cache_Control": None}, "Cache-Control", "not sent (a stylesheet"),
        (
            ".css",
            {"Cache_Control": "public, max-age=31536000, immutable"},
            "Cache-Control",
            "got public",
        ),
        (ROOM, {"Cache_Control": "max-age=600"}, "Cache-Control", "got max-age=600"),
        (".ics", {"Content_Type": "text/calendar"}, "Content-Type", "got text/calend"),
        (".svg", {"Content_Type": "text/plain"}, "Content-Type", "got text/plain"),
        (".js", {"Content_Type": "application/javascript"}, "Content-Type", "got app"),
        (ROOM, {"Set_Cookie": f"a={TOKEN}"}, "no cookies", "sets a cookie (a room"),
        ("", {"Server": "Apache/2.4.9 (Unix)"}, "no version told", "Server says Apac"),
        ("", {"X_Powered_By": TOKEN}, "no software told", "X-Powered-By says …"),
        (
            ".png",
            {"Access_Control_Allow_Origin": "*"},
            "closed to other sites",
            "Access-Control-Allow-Origin is * (a picture)",
        ),
    ],
)
def test_tells_of_which_files_a_header_is_wrong(
    ending: str,
    headers: dict[str, str | None],
    promise: str,
    fault: str,
    site: dict[str, bytes],
) -> None:
    """In words for the kind of file, and with what came; no address is in it."""

    def on(url: str) -> bool:
        return url.endswith(ending)

    found = told(diagnose(changed(good_host(site), on, **headers)))
    assert set(found) == {promise}
    assert found[promise].startswith(fault)


NOTHING = Fetched(404, headers_for("404.html"), b"nothing at /t/mmm")
LISTING = b"<html><title>Index of /t/</title>"


@pytest.mark.parametrize(
    ("path", "given", "promise"),
    [
        ("t/", Fetched(200, headers_for("404.html"), LISTING), "no listing"),
        (f"{ROOM}assets/", Fetched(200, {}, LISTING), "no listing"),
        ("t/", Fetched(403, headers_for("404.html"), b""), "404 for what is missing"),
        (
            f"t/{STRANGERS[0]}/",
            Fetched(200, headers_for("404.html"), b"<h1>Welcome"),
            "404 for what is missing",
        ),
        (f"t/{STRANGERS[0]}/", NOTHING, "one answer for all that is missing"),
        (".git/HEAD", Fetched(200, {}, b"ref: refs/heads/main"), "nothing but rooms"),
        (".mapsite-secret", Fetched(200, {}, b"x"), "nothing but rooms"),
        ("robots.txt", Fetched(404, {}, b""), "robots.txt"),
        (
            "robots.txt",
            Fetched(200, headers_for("robots.txt"), f"Disallow: /{ROOM}".encode()),
            "names no room",
        ),
        ("", Fetched(200, headers_for("index.html"), ROOM.encode()), "names no room"),
        (ROOM, Fetched(404, headers_for("404.html"), b""), "something is there"),
        (ROOM[:-1], Fetched(200, {}, b"a room"), "a room's address without its slash"),
        (
            ROOM[:-1],
            Fetched(302, {"Location": f"https://login.example/?to={TOKEN}"}, b""),
            "a room's address without its slash",
        ),
        (
            ROOM[:-1],
            Fetched(301, {"Location": f"http://deals.example/{ROOM}"}, b""),
            "a room's address without its slash",
        ),
    ],
)
def test_names_what_else_is_wrong(
    path: str, given: Fetched, promise: str, site: dict[str, bytes]
) -> None:
    """Listings (G7), talkative or wrong answers, a repository that is served."""
    found = told(diagnose(instead(good_host(site), f"{AT}{path}", given)))
    assert promise in found


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        (TargetBusy("deals.example cannot be reached"), ""),
        (Fetched(308, {"Location": "https://deals.example/"}, b""), ""),
        (Fetched(200, {}, b"the front"), "http is not led to https"),
        (Fetched(301, {"Location": "https://www.example/"}, b""), "another place"),
        (Fetched(301, {"Location": "/home"}, b""), "another place"),
    ],
)
def test_http_is_silent_or_leads_to_https(
    given: Fetched | TargetError, fault: str, site: dict[str, bytes]
) -> None:
    """On the same host, whose name readers know."""
    host = instead(good_host(site), AT.replace("https", "http"), given)
    found = told(diagnose(host))
    assert fault in found.get("https", "")
    assert bool(found) == bool(fault)


def test_http_alone_is_no_way_to_a_room(site: dict[str, bytes]) -> None:
    """Except on this computer, for a look before anything is public."""
    for at, kept in ((AT.replace("https", "http"), 0), ("http://localhost:80/", 1)):
        found = told(diagnose(good_host(site, at), f"{at}{ROOM}"))
        assert set(found) == (set() if kept else {"https"})


@pytest.mark.parametrize(
    ("name", "headers", "expected"),
    [
        ("mama.github.io", {}, "GitHub Pages"),
        ("deals.example", {"X-GitHub-Request-Id": "1"}, "GitHub Pages"),
        ("mama.gitlab.io", {}, "GitLab Pages"),
        ("deals.example", {"Server": "Netlify"}, "Netlify"),
        ("deals.pages.dev", {"Server": "cloudflare"}, "Cloudflare"),
        ("d1.cloudfront.net", {"Server": "AmazonS3"}, "CloudFront"),
        ("deals.s3-website-eu-west-1.amazonaws.com", {}, "an S3 website endpoint"),
        ("s3.example", {"Server": "AmazonS3"}, "S3"),
        ("mama.z6.web.core.windows.net", {}, "Azure Storage"),
        ("deals.example", {"Server": "nginx/1.22"}, "nginx"),
        ("deals.example", {"Server": "Apache"}, "Apache"),
        ("deals.example", {}, "this host"),
    ],
)
def test_knows_hosts_and_what_they_cannot_do(
    name: str, headers: dict[str, str], expected: str
) -> None:
    """By their names or by what they send; none without a way on or a reason."""
    host = host_behind(name, headers)
    assert host.name == expected
    assert host.file or host.limits or expected == "this host"


@pytest.mark.parametrize(
    "address",
    [
        f"https://deals.example/t/{TOKEN[:-1]}/",
        f"https://deals.example/t/{TOKEN.upper()}",
        f"deals.example/t/{TOKEN}/",
        f"https:///t/{TOKEN}/",
        f"https://{TOKEN}:{TOKEN}@deals.example/",
        f"https://[deals/t/{TOKEN}",
        "",
    ],
)
def test_what_is_no_address_is_not_repeated(
    address: str,
) -> None:
    """It may hold most of a room's address."""
    with pytest.raises(MapsiteError) as caught:
        visit(address, fetch_all, STRANGERS)
    assert TOKEN[:10] not in str(caught.value).lower()


def test_the_command_repeats_none_of_its_words(
    mapsite: Callable[..., subprocess.CompletedProcess[str]], repo: Path
) -> None:
    """Not when there are too many, nobody answers, or no target has an address."""
    assert repo
    room = f"http://127.0.0.1:9/{ROOM}"
    for words, code, told_of in (
        ((room, room), 2, "expected one URL"),
        ((room,), 1, "127.0.0.1:9 cannot be reached"),
        ((), 1, "has no address"),
    ):
        done = mapsite("doctor", *words)
        assert done.returncode == code
        assert told_of in done.stderr
        assert TOKEN not in done.stdout + done.stderr
        assert "Traceback" not in done.stderr


class Handler(BaseHTTPRequestHandler):
    """Answer with what was asked, cut off, led on, or set with a cookie."""

    def do_GET(self) -> None:
        """Answer."""
        if self.path.startswith("/t/cut"):
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b"part")
            return
        self.send_response(302 if self.path.startswith("/t/led") else 200)
        self.send_header("Set-Cookie", "seen=yes")
        self.send_header("Location", "/landed")
        self.end_headers()
        self.wfile.write(f"{self.path} {self.headers}".encode())

    def log_message(self, *_: Any) -> None:  # noqa: ANN401  # the name it overrides
        """Say nothing."""


@pytest.fixture(scope="module")
def at() -> Iterator[str]:
    """Return the address of a server that tells what it was asked."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()


class TestFetch:
    """A reader without a past asks, and no error tells where."""

    def test_brings_nothing_along(
        self, at: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """No cookie of before, no password of ~/.netrc, no kept connection."""
        netrc = tmp_path / "netrc"
        netrc.write_text("machine 127.0.0.1 login jo password pw\n", "utf-8")
        monkeypatch.setenv("NETRC", str(netrc))
        fetch(at)
        asked = fetch(f"{at}again").body.decode().lower()
        assert "authorization" not in asked
        assert "cookie" not in asked
        assert "connection: close" in asked

    def test_follows_only_when_asked(self, at: str) -> None:
        """What a redirect tells is part of what is looked at."""
        assert fetch(f"{at}t/led").status == 302
        assert fetch(f"{at}t/led", follow=True).body.startswith(b"/landed")

    def test_errors_tell_the_host_alone(self, at: str) -> None:
        """Neither they nor what they came from hold the path."""
        got = fetch_all([f"{at}t/cut/{TOKEN}", f"http://127.0.0.1:9/{ROOM}", at])
        assert isinstance(got[at], Fetched)
        errors = [one for one in got.values() if isinstance(one, TargetError)]
        assert len(errors) == 2
        for error in errors:
            assert isinstance(error, TargetBusy)
            chain = (error, error.__cause__, error.__context__)
            assert not any(TOKEN in repr(one) for one in chain)

    def test_gives_up_in_time(self) -> None:
        """A server that says nothing is busy."""
        with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as silent:
            url = f"http://127.0.0.1:{silent.server_address[1]}/{ROOM}"
            with pytest.raises(TargetBusy, match="did not answer in time"):
                fetch(url, timeout=0.05)

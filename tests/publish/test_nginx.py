"""A real nginx with the printed configuration keeps every promise for every file."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mapsite.publish.fetch import fetch, fetch_all
from mapsite.publish.headers import SECURITY, headers_for
from mapsite.publish.hosts import host_texts
from tests.publish.site import (
    ROOM,
    STRANGERS,
    TOKEN,
    observatory_score,
    published_site,
    write_site,
)
from tests.servers import nginx
from tests.servers.nginx import Nginx
from tests.servers.ports import free_ports


@pytest.fixture(scope="module")
def site(frame_cache: Path) -> dict[str, bytes]:
    """Return a published tree with a file of every kind."""
    return published_site(frame_cache)


@pytest.fixture(scope="module")
def server(
    site: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Nginx]:
    """Return an nginx that shows the tree, among files of somebody else's."""
    folder = tmp_path_factory.mktemp("nginx")
    write_site(site, folder / "files")
    write_site({".git/HEAD": b"x", "other/a.txt": b"theirs"}, folder / "files")
    with nginx.serve(folder) as running:
        yield running


def test_every_file_comes_whole_with_every_header(
    site: dict[str, bytes], server: Nginx
) -> None:
    """Type, caching and protection, each once, whatever the kind of file."""
    endings = {name.rpartition(".")[2] for name in site}
    assert {"html", "css", "js", "svg", "png", "ics", "json", "txt"} <= endings
    assert {"pdf", "csv", "xlsx", "docx"} <= endings
    got = fetch_all(f"{server.url}{key}" for key in site)
    for key, data in site.items():
        answer = got[f"{server.url}{key}"]
        assert answer.status == 200
        assert answer.body == data
        promised = headers_for(key)
        assert {name: answer.headers.get(name) for name in promised} == promised, key


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("", "index.html"),
        (ROOM, f"{ROOM}index.html"),
        (f"{ROOM}changes/", f"{ROOM}changes/index.html"),
        (f"{ROOM}?utm_source=mail&x=/t/", f"{ROOM}index.html"),
        (f"//t//{TOKEN}//plan.ics", f"{ROOM}plan.ics"),
        (f"t/%{ord(TOKEN[0]):x}{TOKEN[1:]}/plan.ics?a#b", f"{ROOM}plan.ics"),
    ],
)
def test_other_ways_to_a_file_are_no_way_around_its_headers(
    path: str, key: str, site: dict[str, bytes], server: Nginx
) -> None:
    """Folders, queries, doubled slashes and escapes."""
    answer = fetch(f"{server.url}{path}")
    assert answer.body == site[key]
    assert {name: answer.headers.get(name) for name in headers_for(key)} == headers_for(
        key
    )


@pytest.mark.parametrize(
    "path",
    [
        *("t/", "t//", "assets/", "other/", "t/?C=M;O=D", "nothing", "t/x/"),
        f"t/{STRANGERS[0]}/",
        f"t/{STRANGERS[0]}/index.html",
        f"t/{TOKEN.upper()}/",
        f"T/{TOKEN}/",
        f"t/{TOKEN[:-1]}/",
        f"{ROOM}assets/",
        f"{ROOM}INDEX.HTML",
        f"{ROOM}assets/room.0000000000.css",
        *(".git/HEAD", "sitemap.xml", "index.json", "robots.txt/"),
    ],
)
def test_all_that_is_missing_has_one_answer(
    path: str, site: dict[str, bytes], server: Nginx
) -> None:
    """404 with the same page and headers; folders are not listed (G3, G5, G7)."""
    answer = fetch(f"{server.url}{path}")
    assert answer.status == 404
    assert answer.body == site["404.html"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert SECURITY.items() <= dict(answer.headers).items()


def test_a_room_without_its_slash_is_led_to_itself(server: Nginx) -> None:
    """By a path alone, which no other host can come into."""
    answer = fetch(f"{server.url}{ROOM[:-1]}")
    assert answer.status == 301
    assert answer.headers["Location"] == f"/{ROOM}"


def test_logs_name_no_room(server: Nginx) -> None:
    """Neither those that are there nor those that are asked for in vain."""
    token = "o" * 26
    paths = (ROOM, ROOM[:-1], f"{ROOM}assets/", f"{ROOM}nothing", f"t/{token}/")
    for path in (*paths, f"nothing?next=/t/{token}/", f"{token}", f"T//{token}/x"):
        fetch(f"{server.url}{path}")
    logs = server.asked()
    assert '"a room" 200' in logs
    assert '"nothing that is there" 404' in logs
    assert not re.search(r"[a-z2-7]{26}", logs, re.IGNORECASE)


def test_tells_neither_its_version_nor_its_folder(server: Nginx) -> None:
    """Not in a header, and not on a page of its own making."""
    answer = fetch(f"{server.url}{ROOM[:-1]}")
    assert answer.headers["Server"] == "nginx"
    assert not re.search(rb"nginx/\d", answer.body)


@pytest.mark.parametrize("path", ["", ROOM])
def test_doctor_finds_nothing_missing(
    path: str, server: Nginx, mapsite: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    """It asks the same server as a reader would, and tells no room's address."""
    done = mapsite("doctor", f"{server.url}{path}")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "promises are kept" in done.stdout
    assert "missing  " not in done.stdout
    assert not re.search(r"[a-z2-7]{26}", done.stdout + done.stderr)
    assert ("a calendar" in done.stdout) == bool(path)


def test_careless_server_is_told_of(
    site: dict[str, bytes],
    tmp_path: Path,
    mapsite: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    """Each promise that it breaks, with what mends it, and no address."""
    write_site(site, tmp_path / "files")
    write_site({"mkdocs.yml": b"site_name: x\n"}, tmp_path / "files")
    with nginx.plain(tmp_path) as running:
        done = mapsite("doctor", f"{running.url}{ROOM}changes/")
    assert done.returncode == 1
    for words in (
        "missing  no listing: the folder of all rooms, the folder of a room's files",
        "missing  404 for what is missing: answers 200 (the folder of all rooms)",
        "missing  nothing but rooms: it serves mkdocs.yml",
        "missing  Content-Security-Policy: not sent",
        "         send X-Frame-Options: DENY",
        "missing  no version told: Server says nginx/",
        "missing  no cookies: sets a cookie",
        "missing  closed to other sites: Access-Control-Allow-Origin is *",
        f"next: mapsite host nginx --address {running.url}",
    ):
        assert words in done.stdout
    assert not re.search(r"[a-z2-7]{26}", done.stdout + done.stderr)


def test_scores_at_the_http_observatory(
    site: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At least 120 by https, for the front and for a room."""
    write_site(site, tmp_path / "files")
    certificate = nginx.write_certificate(tmp_path)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    with nginx.redirect(tmp_path) as plain:
        led = fetch(f"{plain.url}{ROOM}")
        assert plain.asked().count(TOKEN) == 0
    assert led.status == 301
    assert led.headers["Location"] == f"https://deals.example/{ROOM}"
    with nginx.serve(tmp_path, https=True) as running:
        for path in ("", ROOM, f"{ROOM}changes/"):
            page = fetch(f"{running.url}{path}")
            assert page.status == 200
            score = observatory_score(page, https=True, redirected=led.status == 301)
            assert score >= 120
    with nginx.plain(tmp_path / "careless") as careless:
        write_site(site, careless.files)
        page = fetch(careless.url)
        assert observatory_score(page, https=False, redirected=False) < 60


def test_a_certificate_that_nobody_knows_is_told_of(
    site: dict[str, bytes],
    tmp_path: Path,
    mapsite: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    """In words, without the address and without a traceback."""
    write_site(site, tmp_path / "files")
    nginx.write_certificate(tmp_path)
    with nginx.serve(tmp_path, https=True) as running:
        done = mapsite("doctor", f"{running.url}{ROOM}")
    assert done.returncode == 1
    assert "has no valid certificate for https" in done.stderr
    assert TOKEN not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "address",
    ["https://deals.example/", "http://127.0.0.1:18080", "https://a-b.example:8443"],
)
def test_nginx_has_nothing_against_the_configuration(
    address: str, tmp_path: Path
) -> None:
    """No error and no warning, by its own check."""
    plain, tls = free_ports(2)
    nginx.write_certificate(tmp_path)
    text = host_texts("nginx", address, "/srv/some deals")["rooms.conf"]
    text = text.replace("listen 443", f"listen {tls}")
    text = text.replace("listen 80;", f"listen {plain};")
    assert nginx.faults_of(tmp_path, text) == ""
    assert "unknown directive" in nginx.faults_of(tmp_path, f"{text}\nserve all;")

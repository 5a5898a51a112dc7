"""The local page: every room, fresh after each save, for this computer alone."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]


class Page:
    """Ask a running `mapsite serve` for pages."""

    def __init__(self, process: subprocess.Popen[str], port: int) -> None:
        """Keep where to ask."""
        self.process = process
        self.port = port

    def ask(self, path: str, **headers: str) -> tuple[int, dict[str, str], str]:
        """Return status, headers and body of *path*."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            line.request("GET", path, headers=headers)
            answer = line.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read().decode()
        finally:
            line.close()

    def read(self, path: str) -> str:
        """Return the body of a page that must be there."""
        status, _, body = self.ask(path)
        assert status == 200
        return body

    def hear(self) -> str:
        """Return the next line that the terminal gets."""
        assert self.process.stdout is not None
        return self.process.stdout.readline()

    def reload_of(self, body: str) -> str:
        """Return the version that a page waits with."""
        return body.partition("/-/reload.js?")[2].partition('"')[0]


def _hear_ctrl_c() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def serve(repo: Path) -> Iterator[Callable[..., Page]]:
    """Return a function that starts `mapsite serve` in *repo*."""
    assert (repo / "mkdocs.yml").is_file()
    started: list[subprocess.Popen[str]] = []

    def start(*words: str) -> Page:
        process = subprocess.Popen(
            [sys.executable, "-m", "mapsite", "serve", "--port", "0", *words],
            env={**os.environ, "PYTHONPATH": str(PROJECT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            # A shell that runs the tests beside others has Ctrl-C ignored for them.
            preexec_fn=_hear_ctrl_c,  # noqa: PLW1509  # one call, no threads yet
        )
        started.append(process)
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("rooms: http://127.0.0.1:"), line
        return Page(process, int(line.split(":")[3].split("/")[0]))

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def page(serve: Callable[..., Page]) -> Page:
    """Return a server of `repo` on the tests' day."""
    return serve("--today", "2026-05-24")


def test_lists_every_room(page: Page) -> None:
    """The first page leads to each room and names its buyer."""
    body = page.read("/")
    assert '<a class="plan" href="/acme/">' in body
    assert "Acme" in body
    assert "Bolt live" in body
    assert page.ask("/-/live.css")[0] == 200


def test_shows_a_room_with_all_its_files(page: Page, repo: Path) -> None:
    """A room's page and each file that it names are there; nothing is on the disk."""
    body = page.read("/acme/")
    assert "Security review" in body
    names = [part.split('"')[0] for part in body.split('="assets/')[1:]]
    assert names
    for name in names:
        assert page.ask(f"/acme/assets/{name}")[0] == 200
    assert page.ask("/acme/plan.ics")[1]["Content-Type"].startswith("text/calendar")
    assert not (repo / "site").exists()


def test_only_the_served_copy_reloads(
    page: Page, mapsite: Callable[..., object], repo: Path
) -> None:
    """The policy lets the served page wait for the next save, never a built one."""
    served = page.read("/acme/")
    assert "connect-src 'self'" in served
    assert '<script src="/-/reload.js?' in served
    mapsite("build", "--today", "2026-05-24")
    built = (repo / "site/acme/index.html").read_text("utf-8")
    assert "connect-src" not in built
    assert "reload.js" not in built


def test_a_save_is_shown_and_told(page: Page, repo: Path) -> None:
    """A waiting page hears of a save within a moment, and then gets the new room."""
    before = page.reload_of(page.read("/acme/"))
    heard: list[str] = []
    waiting = threading.Thread(
        target=lambda: heard.append(page.ask(f"/-/events?{before}")[2])
    )
    waiting.start()
    edit(repo / "plans/acme.yaml", "Security review", "Safety review")
    waiting.join(10)
    assert heard == ["data: saved\n\n"]
    assert "Safety review" in page.read("/acme/")
    assert page.process.stdout is not None
    assert page.process.stdout.readline().startswith("built  acme  in ")


def test_a_page_that_missed_a_save_hears_of_it_at_once(page: Page, repo: Path) -> None:
    """What was saved between loading and listening is not lost."""
    before = page.reload_of(page.read("/acme/"))
    edit(repo / "plans/acme.yaml", "Security review", "Safety review")
    assert "Safety review" in page.read("/acme/")
    assert page.ask(f"/-/events?{before}")[2] == "data: saved\n\n"


def test_a_broken_plan_shows_its_problems_until_it_is_mended(
    page: Page, repo: Path
) -> None:
    """Problems stand in place of the room, as text, and leave by themselves."""
    edit(
        repo / "plans/acme.yaml", "date: 2026-08-14", "date: <script>alert(1)</script>"
    )
    body = page.read("/acme/")
    assert "plans/acme.yaml:5" in body
    assert "goal/date" in body
    assert "<script>alert" not in body
    assert "/-/reload.js?" in body
    assert "1 problem in plans/acme.yaml" in page.read("/")
    assert "Security review" in page.read("/bolt/")
    edit(repo / "plans/acme.yaml", "<script>alert(1)</script>", "2026-08-14")
    assert "Security review" in page.read("/acme/")


def test_plans_and_files_come_and_go(
    page: Page, repo: Path, write_plan: Callable[..., Path]
) -> None:
    """New plans appear, removed ones leave, misnamed ones are told."""
    write_plan(repo / "plans/new.yaml", "Newcomer")
    assert "Newcomer" in page.read("/new/")
    (repo / "plans/new.yaml").rename(repo / "plans/New Deal.yaml")
    assert page.ask("/new/")[0] == 404
    assert "new-deal.yaml would do" in page.read("/")
    edit(repo / "plans/acme.yaml", "name: Acme", "name: Acme\n  logo: acme.svg")
    assert "buyer/logo" in page.read("/acme/")
    (repo / "plans/acme.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"/>', "utf-8"
    )
    assert "Security review" in page.read("/acme/")


def test_a_new_look_is_shown(page: Page, repo: Path) -> None:
    """mkdocs.yml counts as well: a broken one is told, a mended one is used."""
    before = page.reload_of(page.read("/acme/"))
    whole = (repo / "mkdocs.yml").read_text("utf-8")
    (repo / "mkdocs.yml").write_text("theme: [", "utf-8")
    assert "The look needs you" in page.read("/acme/")
    (repo / "mkdocs.yml").write_text(whole + "extra_css: [brand.css]\n", "utf-8")
    (repo / "brand.css").write_text(".map-room { --m-page: 60rem }", "utf-8")
    body = page.read("/acme/")
    assert "Security review" in body
    assert page.reload_of(body) != before


def test_the_terminal_hears_what_breaks_and_what_recovers(
    page: Page, repo: Path
) -> None:
    """One line each, though the browser asked for the room first."""
    plan, settings = repo / "plans/acme.yaml", repo / "mkdocs.yml"
    edit(plan, "2026-08-14", "soon")
    edit(plan, "due: 2026-06-10", "due: later")
    page.read("/acme/")
    line = page.hear()
    while "(and 1 more)" not in line:
        line = page.hear()
    assert line.startswith("plans/acme.yaml:5: goal/date: expected a date like")
    text = plan.read_text("utf-8").replace("soon", "2026-08-14")
    plan.write_text(text.replace("due: later", "due: 2026-06-10"), "utf-8")
    page.read("/acme/")
    assert page.hear().startswith("built  acme  in ")
    edit(settings, "primary: black", "primary: blak")
    assert page.hear().startswith("mkdocs.yml:")
    edit(settings, "primary: blak", "primary: black")
    assert page.hear().startswith("the look is whole again  in ")


def test_the_terminal_hears_of_files_beside_the_plans(page: Page, repo: Path) -> None:
    """A logo that is gone breaks the plan that names it, and nobody else's."""
    logo = repo / "plans/acme.svg"
    picture = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"/>'
    logo.write_text(picture, "utf-8")
    edit(repo / "plans/acme.yaml", "name: Acme", "name: Acme\n  logo: acme.svg")
    while not page.hear().startswith("built  acme  in "):
        pass
    logo.unlink()
    assert page.hear().startswith("plans/acme.yaml:8: buyer/logo: ")
    logo.write_text(picture, "utf-8")
    assert page.hear().startswith("built  acme  in ")


def test_answers_nobody_elses_name(page: Page) -> None:
    """A foreign Host header, as DNS rebinding sends it, gets nothing."""
    for host in (
        "evil.example",
        f"evil.example:{page.port}",
        "127.0.0.1",
        "127.0.0.1:1",
    ):
        status, _, body = page.ask("/acme/", Host=host)
        assert status == 421
        assert "Security review" not in body
    assert page.ask("/", Host=f"localhost:{page.port}")[0] == 200


@pytest.mark.parametrize(
    "path",
    [
        "/../mkdocs.yml",
        "/acme/../../plans/acme.yaml",
        "/acme/%2e%2e/%2e%2e/mkdocs.yml",
        "/acme//etc/passwd",
        "/-/../live_pages.py",
        "/plans/acme.yaml",
        "/nobody/",
        "/%00/",
        "/acme/%0d%0aX-Header:%20x",
    ],
)
def test_serves_rooms_and_nothing_else(page: Page, path: str) -> None:
    """No path leads to a file that is not in a room."""
    status, headers, _ = page.ask(path)
    assert status == 404
    assert "X-Header" not in headers


def test_tells_browsers_to_keep_it_private(page: Page) -> None:
    """Nothing is stored, framed, or readable by other pages."""
    headers = page.ask("/acme/")[1]
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["X-Frame-Options"] == "DENY"
    assert page.ask("/acme")[:1] == (308,)


def test_a_busy_port_is_one_clear_line(
    repo: Path, mapsite: Callable[..., object]
) -> None:
    """A port in use is told, with another to take."""
    assert (repo / "mkdocs.yml").is_file()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = mapsite("serve", "--port", str(port))
    assert result.returncode == 1
    assert result.stderr.startswith(f"mapsite: port {port} cannot be used (Address")
    assert "Traceback" not in result.stderr


def test_ctrl_c_stops_it(page: Page) -> None:
    """Ctrl-C ends it at once, even while a page waits, and that is no fault."""
    version = page.reload_of(page.read("/"))

    def wait() -> None:
        # Its connection may be closed before or after it is answered.
        with suppress(OSError, http.client.HTTPException):
            page.ask(f"/-/events?{version}")

    waiting = threading.Thread(target=wait)
    waiting.start()
    page.process.send_signal(signal.SIGINT)
    out, err = page.process.communicate(timeout=10)
    waiting.join(10)
    assert (page.process.returncode, err) == (0, "")
    assert out.endswith("stopped\n")


def edit(file: Path, old: str, new: str) -> None:
    """Replace *old* in *file*, as an editor would."""
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")

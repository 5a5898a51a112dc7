"""An inbox behind nginx, as the documentation has it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from mapsite.changes.intake.signatures import HEADERS
from mapsite.commands.inbox import inbox as command
from mapsite.inbox.settings import HOOK_VARIABLE, KEY_VARIABLE, PULL_VARIABLE
from tests.inbox import running
from tests.inbox.running import ACME, Inbox, suggestion
from tests.servers.ports import answers, free_ports, start, stop, wait_until
from tests.servers.programs import program

DOCS = Path(__file__).resolve().parents[2] / "docs" / "inbox"
MAIN = """\
daemon off;
{user}
pid {place}/nginx.pid;
error_log {place}/error.log info;
events {{ worker_connections 64; }}
http {{
    access_log {place}/access.log;
    client_body_temp_path {place}/body;
    proxy_temp_path {place}/proxy;
    fastcgi_temp_path {place}/fastcgi;
    uwsgi_temp_path {place}/uwsgi;
    scgi_temp_path {place}/scgi;
    {server}
}}
"""


@contextmanager
def nginx(place: Path, inbox: Inbox) -> Iterator[Inbox]:
    """Run nginx with the documented configuration, without its certificate."""
    place.mkdir()
    (port,) = free_ports(1)
    text = (DOCS / "nginx.conf").read_text("utf-8")
    text = re.sub(r"^ *(ssl_certificate|listen \[).*\n", "", text, flags=re.MULTILINE)
    text = text.replace("listen 443 ssl", f"listen 127.0.0.1:{port}")
    text = text.replace("/var/log/nginx", str(place))
    text = text.replace("127.0.0.1:8420", f"127.0.0.1:{inbox.port}")
    # Workers of root's nginx would be nobody, who cannot write here.
    user = "user root;" if os.geteuid() == 0 else ""
    text = MAIN.format(place=place, user=user, server=text)
    (place / "nginx.conf").write_text(text, "utf-8")
    log = place / "start.log"
    words = ("-p", str(place), "-c", str(place / "nginx.conf"), "-e", str(log))
    process = start([str(program("nginx")), *words], log)
    try:
        wait_until(lambda: answers(port), "nginx", process, log)
        yield Inbox(port, inbox.folder, process, log)
    finally:
        stop(process)


def test_behind_nginx_everybody_counts_for_themselves(tmp_path: Path) -> None:
    """Whatever they write into headers, and no log of nginx has a token."""
    options = ("--per-address", "10", "--proxy", "127.0.0.1")
    with (
        running.serve(tmp_path / "spool", *options) as behind,
        nginx(tmp_path / "nginx", behind) as front,
    ):
        statuses = []
        for number in range(15):
            said = {"X-Forwarded-For": f"198.51.100.{number}"}
            heard = front.post(suggestion(), headers=said, source="127.0.0.2")
            statuses.append(heard.status)
        assert statuses[:10] == [202] * 10
        assert 429 in statuses[10:]
        assert front.post(suggestion(), source="127.0.0.3").status == 202
        large = front.post(b" " * 200_000, source="127.0.0.4")
        assert large.status == 413
        assert b"65,536 bytes" in large.body
        assert front.post(b" " * 2_000_000, source="127.0.0.4").status == 413
        stop(behind.process)
        assert front.post(suggestion(), source="127.0.0.4").status == 502
    logs = [path.read_text("utf-8") for path in (tmp_path / "nginx").glob("*.log")]
    assert logs
    assert not any(ACME in log for log in logs)


def test_the_documents_name_variables_that_there_are() -> None:
    """Of the container and of the handbook, each is one of the command's."""
    own = {
        str(option.envvar)
        for option in command.params
        if isinstance(option, click.Option) and option.envvar
    }
    hooks = {f"{HOOK_VARIABLE}{service.upper()}" for service in HEADERS}
    known = own | hooks | {KEY_VARIABLE, PULL_VARIABLE}
    named: set[str] = set()
    for name in ("Containerfile", "README.md"):
        text = (DOCS / name).read_text("utf-8")
        named |= set(re.findall(r"MAPSITE_\w+", text))
        named |= {f"MAPSITE_INBOX{end}" for end in re.findall(r"`(_[A-Z_]+)`", text)}
    assert named == known

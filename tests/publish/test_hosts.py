"""The files for hosts say all that is promised, and nothing of any room."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import botocore.session
import pytest
from botocore.validate import validate_parameters

from mapsite.commands.host import host as host_command
from mapsite.errors import MapsiteError
from mapsite.publish.headers import SECURITY, headers_for
from mapsite.publish.hosts import (
    HOSTS,
    host_files,
    host_of_command,
    host_texts,
    next_steps,
    read_place,
)
from tests.browser.node import node
from tests.publish.site import ROOM, TOKEN, published_site

ALL = [(kind, name) for kind in HOSTS for name in host_texts(kind)]
STATIC = ("netlify", "cloudflare")


def rules_of(text: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Read ``_headers`` as Netlify and Cloudflare do: paths, and headers under them."""
    rules: list[tuple[str, list[tuple[str, str]]]] = []
    for line in text.splitlines():
        if line.startswith("/"):
            rules.append((line, []))
        elif line.strip() and not line.startswith("#"):
            name, _, value = line.partition(":")
            rules[-1][1].append((name.strip(), value.strip()))
    return rules


def matches(pattern: str, path: str) -> bool:
    """Tell whether a rule is for *path*: ``*`` is anything, ``:name`` one folder."""
    parts = [
        "[^/]+" if part.startswith(":") else re.escape(part).replace(r"\*", ".*")
        for part in pattern.split("/")
    ]
    return bool(re.fullmatch("/".join(parts), path))


@pytest.mark.parametrize(("kind", "name"), ALL)
def test_names_no_room(kind: str, name: str) -> None:
    """Such a file may be served itself (G6): its rules are for all rooms at once."""
    text = host_texts(kind)[name]
    assert not re.search(r"(?<![a-z2-7])[a-z2-7]{26}(?![a-z2-7])", text)
    assert not re.search(r"@[A-Z_]+@", text)
    assert text.endswith("\n")


@pytest.mark.parametrize("kind", STATIC)
def test_headers_file_promises_all_for_every_file(kind: str, frame_cache: Path) -> None:
    """Each header once, so that it does not matter how a host joins its rules."""
    rules = rules_of(host_texts(kind)["_headers"])
    paths = {key: f"/{key}" for key in published_site(frame_cache)}
    paths |= {"index.html": "/", f"{ROOM}index.html": f"/{ROOM}"}
    for key, path in paths.items():
        sent = [pair for rule, pairs in rules if matches(rule, path) for pair in pairs]
        names = [name for name, _ in sent]
        assert len(names) == len(set(names)), key
        promised = {**headers_for(key), "Content-Type": None}
        for name, value in promised.items():
            assert value is None or (name, value) in sent, (key, name)
        if key.endswith((".ics", ".csv")):
            assert ("Content-Type", headers_for(key)["Content-Type"]) in sent


@pytest.mark.parametrize("kind", STATIC)
def test_headers_file_keeps_the_limits_of_both_hosts(kind: str) -> None:
    """At most 100 rules of lines up to 2,000 characters, one ``*`` in each."""
    text = host_texts(kind)["_headers"]
    rules = rules_of(text)
    assert len(rules) <= 100
    assert max(map(len, text.splitlines())) <= 2000
    assert all(rule.count("*") <= 1 for rule, _ in rules)
    assert len({rule for rule, _ in rules}) == len(rules)


def test_cloudflare_is_told_not_to_open_rooms_to_other_sites() -> None:
    """It sends ``Access-Control-Allow-Origin: *`` unless that is taken away."""
    assert "  ! Access-Control-Allow-Origin\n" in host_texts("cloudflare")["_headers"]
    assert "!" not in host_texts("netlify")["_headers"]


def test_cloudfronts_policy_is_one_to_amazons_own_tools() -> None:
    """Checked against the description of the service that their tools go by."""
    policy = json.loads(host_texts("cloudfront")["rooms-headers.json"])
    service = botocore.session.get_session().get_service_model("cloudfront")
    shape = service.operation_model("CreateResponseHeadersPolicy").input_shape
    validate_parameters({"ResponseHeadersPolicyConfig": policy}, shape)
    said = json.dumps(policy)
    assert policy["SecurityHeadersConfig"]["ContentTypeOptions"]["Override"]
    for name in SECURITY.keys() - {"X-Content-Type-Options"}:
        assert SECURITY[name].removeprefix("max-age=") in said, name
    items = policy["CustomHeadersConfig"]["Items"]
    assert policy["CustomHeadersConfig"]["Quantity"] == len(items) == 4
    assert all(item["Override"] for item in items)


def test_cloudfronts_function_shows_folders_as_their_pages() -> None:
    """A store has no folders, so the function has to know them."""
    text = host_texts("cloudfront")["rooms-index.js"]
    paths = ["/", f"/{ROOM}", f"/{ROOM[:-1]}", f"/{ROOM}plan.ics", "/t", "/x"]
    ask = "JSON.stringify(%s.map((uri) => handler({request: {uri}})))"
    done = subprocess.run(
        [str(node()), "-p", f"{text}\n{ask % json.dumps(paths)}"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    got = json.loads(done.stdout)
    assert [one.get("uri") for one in got] == [
        *("/index.html", f"/{ROOM}index.html", None),
        *(f"/{ROOM}plan.ics", "/t", "/x"),
    ]
    assert got[2]["headers"]["location"]["value"] == f"/{ROOM}"


def test_apache_sends_every_header_always() -> None:
    """Also with what is missing, and none of it depends on a module being there."""
    text = host_texts("apache")[".htaccess"]
    for name, value in SECURITY.items():
        assert f'Header always set {name} "{value}"\n' in text
    assert "Options -Indexes" in text
    assert "ErrorDocument 404 /404.html" in text
    assert "IfModule" not in text
    pattern = re.search(r'<FilesMatch "(.*)">', text)
    assert pattern is not None
    assert re.search(pattern[1], "room.0123456789.css")
    assert not re.search(pattern[1], "soc2.0123456789.pdf")


def test_only_hosts_that_look_for_a_file_find_one_among_the_rooms() -> None:
    """What is no page must not be read by everybody on the others."""
    assert set(host_files("netlify")) == set(host_files("cloudflare")) == {"_headers"}
    assert set(host_files("apache")) == {".htaccess"}
    assert host_files("nginx") == host_files("cloudfront") == {}


@pytest.mark.parametrize(
    ("command", "kind"),
    [
        ("netlify deploy --prod --dir {dir}", "netlify"),
        ("npx wrangler pages deploy {dir} --project-name deals", "cloudflare"),
    ],
)
def test_command_tells_its_host(command: str, kind: str) -> None:
    """So that the site that it delivers holds the right file."""
    assert host_of_command(command) == kind


@pytest.mark.parametrize(
    ("address", "told"),
    [
        (f"https://{TOKEN}.deals.example/", "no place for a link's secret"),
        (f"https://{TOKEN.upper()}.example", "no place for a link's secret"),
        ("https://deals.example/rooms/", "without a path"),
        ("https://deals.example/?a", "without a path"),
        ("deals.example", "expected an address like"),
        ("ftp://deals.example", "expected an address like"),
        ('https://a";}example', "expected an address like"),
        ("https://deals.example:port", "expected an address like"),
        ("https://[::1", "expected an address like"),
    ],
)
def test_address_that_no_configuration_should_have_is_refused(
    address: str, told: str
) -> None:
    """A secret in a host's name is seen by many (G8); a path is shared with others."""
    with pytest.raises(MapsiteError, match=told) as caught:
        host_texts("nginx", address)
    assert TOKEN not in str(caught.value).lower()


def test_place_is_what_the_address_says() -> None:
    """With the usual port where it names none."""
    assert read_place("https://Deals.Example") == (True, "deals.example", 443)
    assert read_place("http://localhost:8080/") == (False, "localhost", 8080)


def test_folder_cannot_add_to_the_configuration() -> None:
    """It is quoted, and holds nothing that ends a quote."""
    with pytest.raises(MapsiteError, match="expected a folder"):
        host_texts("nginx", folder='/srv"; autoindex on; #')


class TestCommand:
    """`mapsite host`: the file on standard output, what to do on the other."""

    def test_knows_every_host(self) -> None:
        """The names of the command are those that there are files for."""
        choices = host_command.params[0].type.to_info_dict()["choices"]
        assert tuple(choices) == HOSTS
        assert all(next_steps(kind) for kind in HOSTS)

    def test_takes_the_address_of_the_first_target(
        self, repo: Path, mapsite: Callable[..., subprocess.CompletedProcess[str]]
    ) -> None:
        """The file can be used as it is, without reading a manual."""
        settings = repo / "mkdocs.yml"
        target = "{folder: published, address: https://deals.mama.example}"
        text = f"extra: {{mapsite: {{targets: {{live: {target}}}}}}}\n"
        settings.write_text(settings.read_text("utf-8") + text, "utf-8")
        done = mapsite("host", "nginx", "--folder", "published")
        assert done.returncode == 0, done.stderr
        assert "server_name deals.mama.example;" in done.stdout
        assert f'root "{repo / "published"}";' in done.stdout
        assert done.stderr.startswith("next: ")

    def test_writes_the_files_of_a_host_into_a_folder(
        self,
        tmp_path: Path,
        mapsite: Callable[..., subprocess.CompletedProcess[str]],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """Where no repository is needed around it."""
        monkeypatch.chdir(tmp_path)
        done = mapsite("host", "cloudfront", "--out", "here")
        assert done.returncode == 0, done.stderr
        assert {path.name for path in (tmp_path / "here").iterdir()} == {
            "rooms-headers.json",
            "rooms-index.js",
        }
        assert "aws cloudfront" in done.stderr

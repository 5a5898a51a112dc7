"""A secret is strong, at its place, and the one that addresses were made with."""

from __future__ import annotations

import os
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from mapsite.cli import commands
from mapsite.errors import InvalidPlan, MapsiteError
from mapsite.publish.key import Secret, weakness
from mapsite.publish.link import key_check
from mapsite.publish.secret import (
    former_checks,
    known_secret,
    new_text,
    read_secret,
)

GOOD = "kq3vshe7bduy25jfmwnxp4l6otcriazg"
OTHER = GOOD[::-1]
LONG_ID = "pilot-and-contract-of-acme-2026-q3x"
Mapsite = Callable[..., subprocess.CompletedProcess[str]]

WEAK = {
    "empty": "",
    "blank": " \n\t ",
    "short": GOOD[:31],
    "changeme": "changeme",
    "change me, longer": f"please-Change-Me-{GOOD}",
    "a placeholder": f"<placeholder {GOOD}>",
    "one byte": "a" * 64,
    "a pattern": "abc123XYZ!" * 6,
    "a pattern with a rest": ("qwe4rty7uio" * 5)[:50],
    "the alphabet": "abcdefghijklmnopqrstuvwxyz0123456789",
    "few characters": "0110100110010110100101100110100101101001",
    "a plan's id": LONG_ID,
    "a plan's id in capitals": LONG_ID.upper(),
}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a repository that knows the secret `GOOD`; the test runs in it."""
    root = tmp_path / "deals"
    (root / "plans").mkdir(parents=True)
    (root / "plans" / f"{LONG_ID}.yaml").write_text("title: A\n", "utf-8")
    check = key_check(Secret(GOOD))
    (root / "mkdocs.yml").write_text(
        f"site_name: Deals # ours\nextra:\n  mapsite:\n    key_check: {check}\n",
        "utf-8",
    )
    monkeypatch.chdir(root)
    monkeypatch.delenv("MAPSITE_SECRET", raising=False)
    monkeypatch.delenv("MAPSITE_SECRET_FILE", raising=False)
    return root


def kept(path: Path, text: str = GOOD, mode: int = 0o600) -> Path:
    """Write a secret into a file."""
    path.write_text(f"{text}\n", "utf-8")
    path.chmod(mode)
    return path


def run(*words: str) -> tuple[int, str]:
    """Run a command here; return its code, and all that it said."""
    result = CliRunner().invoke(commands, list(words), prog_name="mapsite")
    return result.exit_code, result.output


def files_of(root: Path) -> dict[str, bytes]:
    """Return every file of a folder."""
    found = (path for path in root.rglob("*") if path.is_file())
    return {str(path.relative_to(root)): path.read_bytes() for path in found}


class TestWeakness:
    """What others could guess is no secret."""

    @pytest.mark.parametrize("name", WEAK)
    def test_weak_secrets_are_refused(self, root: Path, name: str) -> None:
        """The message says why and what to do, and shows nothing of it."""
        environment = {"MAPSITE_SECRET": WEAK[name]}
        with pytest.raises(MapsiteError, match="mapsite secret new") as caught:
            read_secret(root, environment)
        assert not WEAK[name].strip() or WEAK[name] not in str(caught.value)

    @pytest.mark.parametrize(
        "text",
        [
            GOOD,
            "9f86d081884c7d659a2feaa0c55ad015",
            "correct horse battery staple, twelve more words of mine",
            "pässwört 東京 Ünïcode 9f86d081884c",
        ],
    )
    def test_strong_ones_are_taken(self, text: str) -> None:
        """Whatever they look like."""
        assert weakness(text) is None

    def test_new_ones_are_strong(self) -> None:
        """Each of many, and all are different."""
        made = {new_text() for _ in range(200)}
        assert len(made) == 200
        assert [one for one in made if weakness(one)] == []


class TestPlace:
    """It stands in the environment, or in a file that nobody else reads."""

    def test_the_environment_comes_first(self, root: Path, tmp_path: Path) -> None:
        """Then the file that it names, then the one beside mkdocs.yml."""
        kept(root / ".mapsite-secret")
        named = kept(tmp_path / "named", OTHER)
        third = GOOD.upper()
        file = {"MAPSITE_SECRET_FILE": str(named)}
        for environment, text in (
            ({**file, "MAPSITE_SECRET": f"{third}\n"}, third),
            (file, OTHER),
            ({}, GOOD),
        ):
            found = read_secret(root, environment)
            assert found.sign(b"x") == Secret(text).sign(b"x")

    @pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660, 0o620])
    def test_others_must_not_reach_the_file(self, root: Path, mode: int) -> None:
        """The message says what to type."""
        kept(root / ".mapsite-secret", mode=mode)
        with pytest.raises(MapsiteError, match=r"chmod 600 .*\.mapsite-secret"):
            read_secret(root, {})

    def test_a_link_or_a_folder_is_no_secret(self, root: Path, tmp_path: Path) -> None:
        """The file beside mkdocs.yml is a file."""
        (root / ".mapsite-secret").symlink_to(kept(tmp_path / "real"))
        with pytest.raises(MapsiteError, match="regular file"):
            read_secret(root, {})
        with pytest.raises(MapsiteError, match="regular file"):
            read_secret(root, {"MAPSITE_SECRET_FILE": str(tmp_path)})

    def test_bytes_and_heaps_are_refused(self, root: Path) -> None:
        """What is no text, and what is too much, is not shown either."""
        file = root / ".mapsite-secret"
        for content in (b"\xff\xfe" + GOOD.encode(), GOOD.encode() * 1_000):
            file.write_bytes(content)
            file.chmod(0o600)
            with pytest.raises(MapsiteError, match="expected") as caught:
                read_secret(root, {})
            assert GOOD not in str(caught.value)
            assert caught.value.__suppress_context__ or not caught.value.__context__

    def test_a_missing_one_says_how_to_get_one(self, root: Path) -> None:
        """Here, and where CI has it."""
        with pytest.raises(MapsiteError, match=r"mapsite secret new.*MAPSITE_SECRET"):
            read_secret(root, {})
        with pytest.raises(MapsiteError, match="does not exist"):
            read_secret(root, {"MAPSITE_SECRET_FILE": str(root / "nowhere")})


class TestKnown:
    """A wrong secret would bring every room to a new address."""

    def test_the_right_one_is_taken(self, root: Path) -> None:
        """mkdocs.yml knows it."""
        assert key_check(known_secret(root, {"MAPSITE_SECRET": GOOD}))

    def test_another_one_is_refused(self, root: Path) -> None:
        """With what to do, and the word that nothing was written."""
        with pytest.raises(
            MapsiteError, match=r"not the one.*nothing was written"
        ) as e:
            known_secret(root, {"MAPSITE_SECRET": OTHER})
        assert OTHER not in str(e.value)

    def test_a_repository_that_knows_none_is_refused(self, root: Path) -> None:
        """Nobody could tell a wrong one."""
        (root / "mkdocs.yml").write_text("site_name: Deals\n", "utf-8")
        with pytest.raises(MapsiteError, match="mapsite secret check"):
            known_secret(root, {"MAPSITE_SECRET": GOOD})

    @pytest.mark.parametrize("value", [GOOD, "[a]", "ABCDEFGH", "abcdefg1", "{a: b}"])
    def test_what_is_no_check_is_not_shown(self, root: Path, value: str) -> None:
        """Somebody may have put the secret itself there."""
        (root / "mkdocs.yml").write_text(
            f"extra: {{mapsite: {{key_check: {value}}}}}\n", "utf-8"
        )
        with pytest.raises(
            InvalidPlan, match=r"mkdocs\.yml:1: extra/mapsite/key_c"
        ) as e:
            known_secret(root, {"MAPSITE_SECRET": GOOD})
        assert GOOD not in str(e.value)

    def test_check_finds_what_is_no_check(self, repo: Path) -> None:
        """Before anything is built or published."""
        with (repo / "mkdocs.yml").open("a") as settings:
            settings.write(f"extra: {{mapsite: {{key_check: {GOOD}}}}}\n")
        code, said = run("check", "--today", "2026-05-24")
        assert code == 1
        assert "extra/mapsite/key_check: expected what `mapsite secret new`" in said
        assert GOOD not in said


class TestCommand:
    """`mapsite secret` makes one, and never shows it."""

    def test_writes_a_secret_that_only_its_owner_reads(self, root: Path) -> None:
        """And tells mkdocs.yml and git of it, without another byte changed."""
        settings = (
            b"\xef\xbb\xbfsite_name: Deals # ours\r\n# more\r\nextra:\r\n  a: 1\r\n"
        )
        (root / "mkdocs.yml").write_bytes(settings)
        (root / ".gitignore").write_bytes(b"/site/")
        code, said = run("secret", "new")
        assert code == 0
        text = (root / ".mapsite-secret").read_text("ascii").strip()
        assert stat.S_IMODE((root / ".mapsite-secret").stat().st_mode) == 0o600
        check = key_check(Secret(text))
        line = f"  mapsite:\r\n    key_check: {check}\r\n".encode()
        assert (root / "mkdocs.yml").read_bytes() == settings + line
        assert (root / ".gitignore").read_bytes() == b"/site/\n/.mapsite-secret\n"
        assert text not in said
        assert "MAPSITE_SECRET" in said
        assert run("secret", "check") == (
            0,
            "fine: this is the secret that the addresses are made with\n",
        )

    def test_a_second_one_is_refused(self, root: Path) -> None:
        """It would change every address; nothing is written."""
        before = files_of(root)
        code, said = run("secret", "new")
        assert code == 1
        assert "changes every address" in said
        assert files_of(root) == before

    def test_a_file_is_not_overwritten(self, root: Path) -> None:
        """Not even where the secret is to be replaced."""
        kept(root / ".mapsite-secret")
        before = files_of(root)
        code, said = run("secret", "new", "--replace")
        assert code == 1
        assert "not overwritten" in said
        assert files_of(root) == before

    def test_replacing_changes_the_checks_alone(
        self, root: Path, tmp_path: Path
    ) -> None:
        """The file may lie elsewhere, where git sees nothing of it."""
        before = (root / "mkdocs.yml").read_text("utf-8")
        old = key_check(Secret(GOOD))
        file = tmp_path / "elsewhere"
        code, said = run("secret", "new", "--replace", "--file", str(file))
        assert code == 0
        new = key_check(Secret(file.read_text("ascii").strip()))
        former = f"{new}\n    former_key_checks: [{old}]"
        assert (root / "mkdocs.yml").read_text("utf-8") == before.replace(old, former)
        assert former_checks(root) == [old]
        assert not (root / ".gitignore").exists()
        assert "every address changed" in said
        assert "MAPSITE_SECRET_FILE" in said

    def test_settings_that_cannot_be_changed_leave_no_file(self, root: Path) -> None:
        """The lines to type are told."""
        (root / "mkdocs.yml").write_text("site_name: A\nextra: [x]\n", "utf-8")
        before = files_of(root)
        code, said = run("secret", "new")
        assert code == 1
        assert "key_check" in said
        assert files_of(root) == before

    @pytest.mark.parametrize(
        ("secret", "word"),
        [("", "empty"), ("changeme", "try first"), (OTHER, "not the one")],
    )
    def test_check_tells_what_is_wrong(
        self, root: Path, monkeypatch: pytest.MonkeyPatch, secret: str, word: str
    ) -> None:
        """In one line, with the code 1."""
        monkeypatch.setenv("MAPSITE_SECRET", secret)
        code, said = run("secret", "check")
        assert code == 1
        assert word in said
        assert OTHER not in said
        assert root.is_dir()

    def test_check_says_which_line_is_missing(
        self, root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Whoever adds it says that this is the right one."""
        (root / "mkdocs.yml").write_text("site_name: Deals\n", "utf-8")
        monkeypatch.setenv("MAPSITE_SECRET", GOOD)
        code, said = run("secret", "check")
        assert code == 1
        lines = f"extra:\n  mapsite:\n    key_check: {key_check(Secret(GOOD))}\n"
        assert said.endswith(lines)
        with (root / "mkdocs.yml").open("a") as settings:
            settings.write(lines)
        assert run("secret", "check")[0] == 0

    def test_it_is_never_an_argument(self, root: Path) -> None:
        """Lists of processes and shells' histories would hold it."""
        for words in (("new", GOOD), ("check", "--secret", GOOD)):
            assert run("secret", *words)[0] == 2
        assert not (root / ".mapsite-secret").exists()

    def test_git_leaves_it_alone(self, root: Path) -> None:
        """Real git does not see the file."""
        (root / "mkdocs.yml").write_text("site_name: Deals\n", "utf-8")
        env = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull}
        subprocess.run(["git", "init", "-q"], check=True, env=env)  # noqa: S607  # wherever it is
        assert run("secret", "new")[0] == 0
        told = subprocess.run(
            ["git", "status", "--porcelain", "-uall"],  # noqa: S607  # same
            check=True,
            env=env,
            capture_output=True,
            text=True,
        ).stdout
        assert ".mapsite-secret" not in told
        assert ".gitignore" in told

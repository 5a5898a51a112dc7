"""Who may know what: arrows between folders, one library one module, no clock."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "mapsite"
MODULES = {
    path.relative_to(PACKAGE.parent).with_suffix("").as_posix().replace("/", "."): path
    for path in sorted(PACKAGE.rglob("*.py"))
    if path.name != "__init__.py"
}
MOST_LINES = 280
COMMANDS = {
    "mapsite.cli",
    *(name for name in MODULES if name.startswith("mapsite.commands.")),
}

ONE_MODULE = {
    "yaml": {"mapsite.plan.source", "mapsite.plan.tree", "mapsite.plan.decode"},
    "pydantic": {
        "mapsite.plan.checks",
        "mapsite.plan.expectations",
        "mapsite.plan.fields",
        "mapsite.plan.item",
        "mapsite.plan.links",
        "mapsite.plan.matters",
        "mapsite.plan.model",
        "mapsite.plan.read",
        "mapsite.plan.schema",
        "mapsite.plan.steps",
        "mapsite.plan.validators",
    },
    "pydantic_core": {
        "mapsite.plan.checks",
        "mapsite.plan.expectations",
        "mapsite.plan.links",
        "mapsite.plan.read",
        "mapsite.plan.validators",
    },
    "mkdocs": {"mapsite.room.frame"},
    "material": {"mapsite.room.frame"},
    "jinja2": {"mapsite.room.pages"},
    "markdown": {"mapsite.room.pages"},
    "nh3": {"mapsite.room.pages"},
    "click": COMMANDS,
    "icalendar": {"mapsite.room.ics"},
    "babel": {"mapsite.room.labels"},
    "holidays": {"mapsite.plan.calendar"},
    "subprocess": {
        "mapsite.git.running",
        "mapsite.git.versions",
        "mapsite.publish.targets.running",
    },
    "requests": {"mapsite.publish.fetch"},
    "fsspec": {"mapsite.publish.targets.store"},
    "azure": {"mapsite.publish.targets.buckets"},
    "paramiko": {"mapsite.publish.targets.sftp"},
    "httpx": {"mapsite.publish.targets.webdav"},
    "webdav4": {"mapsite.publish.targets.webdav"},
    "watchfiles": {"mapsite.room.serve"},
    "starlette": {
        "mapsite.inbox.app",
        "mapsite.inbox.exchange",
        "mapsite.inbox.serving",
    },
    "uvicorn": {"mapsite.inbox.serving"},
    "openpyxl": {"mapsite.changes.intake.workbook"},
}
"""Where a library may be imported; a successor is then a change of these alone."""
ARROWS = {
    "mapsite.errors": set(),
    "mapsite.plan": {"mapsite.plan", "mapsite.errors"},
    "mapsite.repository": {"mapsite.errors", "mapsite.plan"},
    "mapsite.git": {
        "mapsite.git",
        "mapsite.errors",
        "mapsite.plan",
        "mapsite.repository",
    },
    "mapsite.room": {
        "mapsite.room",
        "mapsite.git",
        "mapsite.plan",
        "mapsite.errors",
        "mapsite.repository",
    },
    "mapsite.start": {
        "mapsite.start",
        "mapsite.room",
        "mapsite.plan",
        "mapsite.errors",
        "mapsite.repository",
    },
    "mapsite.gate": {
        "mapsite.gate",
        "mapsite.checking",
        "mapsite.room",
        "mapsite.git",
        "mapsite.plan",
        "mapsite.errors",
        "mapsite.repository",
    },
    "mapsite.changes": {
        "mapsite.changes",
        "mapsite.git",
        "mapsite.plan",
        "mapsite.errors",
        "mapsite.repository",
    },
    "mapsite.inbox": {
        "mapsite.inbox",
        "mapsite.changes",
        "mapsite.publish",
        "mapsite.plan",
        "mapsite.errors",
    },
    "mapsite.publish": {
        "mapsite.publish",
        "mapsite.room",
        "mapsite.git",
        "mapsite.plan",
        "mapsite.errors",
        "mapsite.repository",
    },
}
"""What each part may import of mapsite; the commands may import all."""
FORKS = {"mapsite.room.ahead", "mapsite.room.workers"}
"""They end processes of their own."""
READS_FILES = {"mapsite.plan.advice.lexicon", "mapsite.plan.files"}
"""One reads the lists of words that the package brings, one looks for documents."""
FILE_CALLS = {
    "open",
    "read_bytes",
    "read_text",
    "glob",
    "iterdir",
    "listdir",
    "scandir",
}
CLOCKS = {
    "today",
    "now",
    "utcnow",
    "time",
    "time_ns",
    "localtime",
    "gmtime",
    "monotonic",
}
NO_CLOCK = {
    "mapsite.room.brand",
    "mapsite.room.changes",
    "mapsite.room.changes_events",
    "mapsite.room.changes_words",
    "mapsite.room.charting",
    "mapsite.room.ics",
    "mapsite.room.labels",
    "mapsite.room.make",
    "mapsite.room.marks",
    "mapsite.room.pages",
    "mapsite.room.pencils",
    "mapsite.room.project",
    "mapsite.room.suggesting",
    "mapsite.room.suggesting_view",
    "mapsite.room.suggesting_words",
    "mapsite.room.timeline",
    "mapsite.room.upcoming",
    "mapsite.room.view",
    "mapsite.room.words",
} | {name for name in MODULES if name.startswith("mapsite.plan.")}


@cache
def tree(name: str) -> ast.Module:
    """Parse one module."""
    return ast.parse(MODULES[name].read_text("utf-8"))


@cache
def nodes(name: str) -> list[ast.AST]:
    """Return all that is in a module."""
    return list(ast.walk(tree(name)))


def imports(name: str, *, loading: bool = False) -> Iterator[str]:
    """Yield what a module imports: anywhere, or only what it needs to be loaded."""
    for node in tree(name).body if loading else nodes(name):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are written in full"
            module = node.module or ""
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


def calls(name: str) -> Iterator[tuple[str, int]]:
    """Yield the name and the line of each call in a module."""
    for node in nodes(name):
        if isinstance(node, ast.Call):
            called = node.func
            if isinstance(called, ast.Attribute):
                yield called.attr, node.lineno
            elif isinstance(called, ast.Name):
                yield called.id, node.lineno


def test_looks_at_the_modules() -> None:
    """The tests below see what there is."""
    assert len(MODULES) > 50
    assert {"mapsite.cli", "mapsite.plan.model", "mapsite.room.frame"} <= set(MODULES)
    assert set(MODULES) >= NO_CLOCK
    assert "pydantic" in set(imports("mapsite.plan.model"))
    assert ("is_file", 1) not in set(calls("mapsite.plan.files"))
    assert set(MODULES) >= READS_FILES


@pytest.mark.parametrize("library", ONE_MODULE)
def test_one_library_one_module(library: str) -> None:
    """Nobody else knows that it is there, and who may know does."""
    users = {
        name
        for name in MODULES
        if any(found.split(".")[0] == library for found in imports(name))
    }
    assert users <= ONE_MODULE[library]
    assert users or library == "material"


@pytest.mark.parametrize("name", MODULES)
def test_arrows_run_one_way(name: str) -> None:
    """Rooms are made from plans; plans know no rooms; nothing knows the commands."""
    ours = [found for found in imports(name) if found.startswith("mapsite.")]
    part = ".".join(name.split(".")[:2])
    allowed = ARROWS.get(part)
    for found in ours:
        there = ".".join(found.split(".")[:2])
        assert there != "mapsite.cli" or name == "mapsite.__main__", found
        assert there != "mapsite.commands" or name in COMMANDS, found
        assert allowed is None or there in allowed or there == "mapsite.__version__", (
            found
        )


def test_there_are_no_circles() -> None:
    """A module that another needs to be loaded does not need that one."""
    after = {
        name: {found for found in imports(name, loading=True) if found in MODULES}
        for name in MODULES
    }
    assert sum(map(len, after.values())) > len(MODULES)
    left = dict(after)
    while left:
        free = [name for name, needs in left.items() if not needs & left.keys()]
        assert free, f"a circle among {sorted(left)}"
        for name in free:
            del left[name]


@pytest.mark.parametrize("name", MODULES)
def test_modules_are_short(name: str) -> None:
    """Each can be read in one sitting."""
    assert len(MODULES[name].read_text("utf-8").splitlines()) <= MOST_LINES


@pytest.mark.parametrize(
    "name", [name for name in MODULES if name.startswith("mapsite.plan.")]
)
def test_plans_are_read_from_text(name: str) -> None:
    """Files come in as bytes; only logos and documents are looked for."""
    found = {call for call, _ in calls(name)} & FILE_CALLS
    assert not found or name in READS_FILES


def test_one_module_looks_for_files() -> None:
    """The test above can see who does."""
    assert {call for call, _ in calls("mapsite.plan.files")} & FILE_CALLS


@pytest.mark.parametrize("name", sorted(NO_CLOCK))
def test_the_day_comes_in_as_an_argument(name: str) -> None:
    """No date.today(), datetime.now() or time.time() between a plan and its room."""
    asked = [
        (call, line)
        for call, line in calls(name)
        if call in CLOCKS and not _makes_a_time(name, line)
    ]
    assert asked == []


def _makes_a_time(name: str, line: int) -> bool:
    """Tell midnight, ``time()`` of datetime, from the clock's."""
    return "combine(" in MODULES[name].read_text("utf-8").splitlines()[line - 1]


def test_the_commands_ask_the_clock() -> None:
    """The edge does, so the test above can see a clock."""
    assert {call for call, _ in calls("mapsite.commands.options")} & CLOCKS


@pytest.mark.parametrize("name", [n for n in MODULES if n not in COMMANDS])
def test_only_the_commands_print_or_exit(name: str) -> None:
    """Whoever uses a function decides what becomes of its result."""
    found = {call for call, _ in calls(name)}
    assert not found & {"print", "exit", "_exit"} or name in FORKS


def test_names_are_the_domains_own() -> None:
    """A file called utils would hold what nobody could name."""
    words = {word for name in MODULES for word in name.split(".")[-1].split("_")}
    assert not words & {
        "util",
        "utils",
        "helper",
        "helpers",
        "manager",
        "data",
        "misc",
        "common",
    }

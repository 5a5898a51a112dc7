"""Networks of steps to schedule: published ones, and ones drawn in their shape."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import networkx as nx

from mapsite.plan.model import Plan

CREATED = date(2026, 1, 5)
"""A Monday; business day 0 of every network."""
SETS = {30: 480, 60: 480, 90: 480, 120: 600}
"""How many networks PSPLIB has of so many jobs, the source and the sink apart."""

_LENGTH = re.compile(r"MPM-Time\s+(?:\d+\s+){5}(\d+)")
_RULE = re.compile(r"^[*-]{9,}$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Network:
    """Hold jobs that wait for each other, all of them under one sink."""

    name: str
    takes: dict[int, int]
    """How many business days each job takes."""
    after: dict[int, tuple[int, ...]]
    """The jobs that each job waits for."""
    length: int
    """How many business days all of it takes, by who made the network."""

    def to_fields(self) -> dict[str, object]:
        """Return a plan with a step for every job, as its file would be read."""
        return {
            "title": f"Network {self.name}",
            "created": str(CREATED),
            "goal": {"outcome": "Everything is done", "date": "tbd"},
            "buyer": {"name": "Northwind"},
            "seller": {"name": "Mama"},
            "steps": [
                {
                    "id": f"j{job}",
                    "title": f"Job {job}",
                    "takes": f"{takes}d",
                    "after": [f"j{before}" for before in self.after[job]],
                }
                for job, takes in self.takes.items()
            ],
        }

    def to_plan(self) -> Plan:
        """Return the plan without a file."""
        return Plan.model_validate(self.to_fields())

    def to_yaml(self) -> str:
        """Return the text of the plan's file."""
        fields = self.to_fields()
        steps = fields.pop("steps")
        assert isinstance(steps, list)
        lines = [f"{name}: {_inline(value)}" for name, value in fields.items()]
        return "\n".join(
            [*lines, "steps:", *(f"  - {_inline(step)}" for step in steps), ""]
        )


def _inline(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}: {_inline(v)}" for k, v in value.items()) + "}"
    return f"[{', '.join(value)}]" if isinstance(value, list) else str(value)


def published(file: Path) -> Network:
    """Read a single-mode instance of PSPLIB."""
    text = file.read_text("ascii")
    length = _LENGTH.search(text)
    assert length, file
    parts = {part.split(":")[0].strip(): part for part in _RULE.split(text)}
    rows = list(_rows(parts["PRECEDENCE RELATIONS"]))
    after: dict[int, tuple[int, ...]] = {job: () for job, *_ in rows}
    for job, modes, count, *successors in rows:
        assert (modes, count) == (1, len(successors)), file
        for successor in successors:
            after[successor] += (job,)
    lengths = next(part for name, part in parts.items() if name.startswith("1"))
    takes = {job: days for job, _, days, *_ in _rows(lengths)}
    assert takes.keys() == after.keys(), file
    return Network(file.stem, takes, after, int(length[1]))


def _rows(part: str) -> Iterator[list[int]]:
    for line in part.splitlines():
        words = line.split()
        if words and all(word.isdigit() for word in words):
            yield [int(word) for word in words]


def drawn(jobs: int, number: int) -> Network:
    """Draw a network in the shape of PSPLIB's, the same one for the same numbers.

    As there, *jobs* take 1 to 10 days and there are 1.5, 1.8 or 2.1 arcs for each, at
    most three in and out. The source and the sink take no time; the sink waits for all
    that nothing else waits for.
    """
    chance = random.Random(f"{jobs}-{number}")  # noqa: S311  # a network, no secret
    sink = jobs + 2
    after: dict[int, tuple[int, ...]] = {1: (), **dict.fromkeys(range(2, 5), (1,))}
    leading = dict.fromkeys(range(2, sink), 0)
    for job in range(5, sink):
        free = [before for before in range(2, job) if leading[before] < 3]
        after[job] = (chance.choice(free[-15:]),)
        leading[after[job][0]] += 1
    wanted = int(chance.choice((1.5, 1.8, 2.1)) * sink)
    for _ in range(wanted - sum(map(len, after.values()))):
        before, job = sorted(chance.sample(range(2, sink), 2))
        if leading[before] < 3 and len(after[job]) < 3 and before not in after[job]:
            after[job] += (before,)
            leading[before] += 1
    after[sink] = tuple(job for job, count in leading.items() if not count)
    takes = {job: chance.randint(1, 10) for job in range(2, sink)}
    takes = {1: 0, **takes, sink: 0}
    return Network(f"d{jobs}-{number}", takes, after, longest(takes, after))


def longest(takes: dict[int, int], after: dict[int, tuple[int, ...]]) -> int:
    """Return the length of the longest path, as networkx finds it."""
    graph = nx.DiGraph()
    graph.add_nodes_from(takes)
    graph.add_weighted_edges_from(
        (before, job, takes[before])
        for job, befores in after.items()
        for before in befores
    )
    last = max(takes)
    return int(nx.dag_longest_path_length(graph)) + takes[last]


def drawn_set(every: int = 1) -> Iterator[Network]:
    """Draw 2,040 networks, as many of each size as PSPLIB has, or *every* nth."""
    for jobs, count in SETS.items():
        yield from (drawn(jobs, number) for number in range(0, count, every))

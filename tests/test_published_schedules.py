"""The schedule against others' results: PSPLIB's, networkx's and numpy's."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

import holidays
import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from mapsite.plan.calendar import Calendar
from mapsite.plan.model import Plan
from mapsite.plan.read import read_plan
from mapsite.plan.schedule import schedule
from tests.networks import CREATED, Network, drawn_set, longest, published

MANY = settings(max_examples=150, derandomize=True, deadline=None, database=None)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
days = st.dates(date(2024, 1, 1), date(2028, 12, 31))


def finishes(networks: Iterable[Network], *, read: bool = False) -> dict[str, date]:
    """Return by name when each network is finished, read from a file's text or not."""
    found = {}
    for network in networks:
        plan = network.to_plan()
        if read:
            plan = read_plan(network.to_yaml().encode(), f"{network.name}.yaml")
        finish = schedule(plan, CREATED).finish
        assert finish, network.name
        found[network.name] = finish
    return found


def expected(networks: Iterable[Network]) -> dict[str, date]:
    """Return by name when each network must be finished, as numpy counts."""
    return {
        network.name: np.busday_offset(CREATED, network.length).astype(date)
        for network in networks
    }


class TestPublished:
    """PSPLIB's single-mode instances, without their resources."""

    @pytest.fixture
    def networks(self, request: pytest.FixtureRequest) -> list[Network]:
        """Return the instances in the folder that --psplib names."""
        folder = Path(str(request.config.getoption("--psplib")))
        return [published(file) for file in sorted(folder.rglob("*.sm"))]

    def test_a_plan_is_as_long_as_its_file_says(self, networks: list[Network]) -> None:
        """The finish lies MPM-Time business days after the plan's first day."""
        assert networks
        assert finishes(networks) == expected(networks)

    def test_from_the_text_of_a_plan_too(self, networks: list[Network]) -> None:
        """Every 34th of them takes the way through YAML: 60 of 2,040."""
        some = networks[::34]
        assert some
        assert finishes(some, read=True) == expected(some)

    def test_the_kept_one_is_read_whole(self) -> None:
        """Thirty jobs with a source and a sink, 38 days in all."""
        network = published(Path(__file__).parent / "psplib" / "j301_1.sm")
        assert network.takes.keys() == network.after.keys() == set(range(1, 33))
        assert (sum(network.takes.values()), network.length) == (158, 38)
        assert network.after[20] == (5, 11, 18)
        assert longest(network.takes, network.after) == 38


class TestDrawn:
    """Networks in the shape of PSPLIB's against networkx's longest path."""

    def test_a_plan_is_as_long_as_the_longest_path(self) -> None:
        """A quarter of them: 120 of 30, 60 and 90 jobs, 150 of 120."""
        networks = list(drawn_set(4))
        assert len(networks) == 510
        assert finishes(networks) == expected(networks)

    def test_from_the_text_of_a_plan_too(self) -> None:
        """What is read from YAML is the same plan."""
        for network in drawn_set(60):
            raw = network.to_yaml().encode()
            assert read_plan(raw, "drawn.yaml") == network.to_plan()


@st.composite
def networks(draw: st.DrawFn) -> Network:
    """Draw any network of up to 16 jobs and a last one that waits for all of them."""
    count = draw(st.integers(1, 16))
    takes = draw(st.lists(st.integers(0, 12), min_size=count + 1, max_size=count + 1))
    after: dict[int, tuple[int, ...]] = {}
    for job in range(count):
        before = st.sets(st.integers(0, job - 1), max_size=3) if job else st.just(set())
        after[job] = tuple(sorted(draw(before)))
    followed = {before for befores in after.values() for before in befores}
    after[count] = tuple(job for job in range(count) if job not in followed)
    lengths = dict(enumerate(takes))
    return Network("any", lengths, after, longest(lengths, after))


@st.composite
def closed(draw: st.DrawFn) -> tuple[list[int], list[date], Plan]:
    """Draw workdays, the days on which nobody works, and a plan that states both."""
    workdays = sorted(draw(st.sets(st.integers(0, 6), min_size=1)))
    windows = draw(st.lists(st.tuples(days, st.integers(0, 24)), max_size=5))
    codes = draw(st.sets(st.sampled_from(["US", "DE-BY", "GB"])))
    free = [day + timedelta(n) for day, most in windows for n in range(most + 1)]
    for code in codes:
        country, _, region = code.partition("-")
        years = range(2022, 2032)
        free += list(holidays.country_holidays(country, region or None, years=years))
    fields = Network("closed", {}, {}, 0).to_fields()
    fields["calendar"] = {
        "workdays": [WEEKDAYS[number] for number in workdays],
        "holidays": sorted(codes),
        "closed": [
            {"from": str(day), "to": str(day + timedelta(most))}
            for day, most in windows
        ],
    }
    return workdays, free, Plan.model_validate(fields)


class TestCriticalPath:
    """Every number of the method, by networkx on the one side."""

    @MANY
    @given(network=networks(), work=closed(), first=days)
    def test_agrees_in_every_step(
        self, network: Network, work: tuple[list[int], list[date], Plan], first: date
    ) -> None:
        """Begin, end, latest end, slack and what is critical, in any calendar."""
        workdays, free, empty = work
        busy = np.busdaycalendar([n in workdays for n in range(7)], free)

        def day(count: int) -> date:
            offset = np.busday_offset(first, count, roll="forward", busdaycal=busy)
            return offset.astype(date)

        created = day(0)
        plan = network.to_plan().model_copy(
            update={"calendar": empty.calendar, "created": created}
        )
        found = schedule(plan, created, early=True)
        head, tail = heads_and_tails(network)
        assert found.finish == day(network.length)
        for job, takes in network.takes.items():
            step = found[f"j{job}"]
            spare = network.length - head[job] - tail[job]
            assert step.start == day(head[job])
            assert step.expected == step.early == day(head[job] + takes)
            assert step.latest == day(head[job] + takes + spare)
            assert (step.slack, step.critical) == (spare, spare == 0)
        assert all(found[step_id].critical for step_id in found.chain)


def heads_and_tails(network: Network) -> tuple[dict[int, int], dict[int, int]]:
    """Return the longest way to the begin of each job, and from there to the end."""
    graph = nx.DiGraph()
    graph.add_nodes_from(network.takes)
    for job, befores in network.after.items():
        for before in befores:
            graph.add_edge(before, job, weight=network.takes[before])
    # An end that no job has, so that the last one's days count as well.
    graph.add_edge(max(network.takes), -1, weight=network.takes[max(network.takes)])
    head, tail = {}, {}
    for job in network.takes:
        to = graph.subgraph({job, *nx.ancestors(graph, job)})
        past = graph.subgraph({job, *nx.descendants(graph, job)})
        head[job] = nx.dag_longest_path_length(to)
        tail[job] = nx.dag_longest_path_length(past)
    return head, tail


class TestBusinessDays:
    """The plan's calendar against numpy's, whole windows and public holidays too."""

    @MANY
    @given(work=closed(), one=days, count=st.integers(-300, 300))
    def test_moves_as_numpy_does(
        self, work: tuple[list[int], list[date], Plan], one: date, count: int
    ) -> None:
        """To the next business day, to the one before, and on by any number."""
        workdays, free, plan = work
        busy = np.busdaycalendar([n in workdays for n in range(7)], free)
        made = Calendar(plan)
        # Beyond these years the test lists no public holiday.
        count = max(min(count, 50 * len(workdays)), -50 * len(workdays))

        def offset(count: int, roll: str) -> date:
            return np.busday_offset(one, count, roll=roll, busdaycal=busy).astype(date)

        assert made.is_workday(one) == np.is_busday(one, busdaycal=busy)
        assert made.roll(one) == offset(0, "forward")
        assert made.roll(one, -1) == offset(0, "backward")
        toward = "backward" if count < 0 else "forward"
        assert made.shift(one, count, "d") == offset(count, toward)

    @MANY
    @given(work=closed(), one=days, other=days)
    def test_counts_as_numpy_does(
        self, work: tuple[list[int], list[date], Plan], one: date, other: date
    ) -> None:
        """The first day does not count and the last one does; numpy has it reversed."""
        workdays, free, plan = work
        busy = np.busdaycalendar([n in workdays for n in range(7)], free)
        first, last = sorted((one, other))
        tomorrow = timedelta(days=1)
        count = np.busday_count(first + tomorrow, last + tomorrow, busdaycal=busy)
        assert Calendar(plan).between(first, last) == count
        assert Calendar(plan).between(last, first) == -count

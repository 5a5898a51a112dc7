"""Measure what depends on the computer: how heavy and how quick acme's room is.

`python -m tests.browser.measure [ROOM]` prints a table. No test compares these numbers.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser.chromium import ARGUMENTS, find_chromium
from tests.browser.lighthouse import lighthouse, scores
from tests.browser.rooms import build_all
from tests.browser.server import Host, serve
from tests.browser.visit import DESK

TIMES = """() => new Promise((resolve) => {
  const seen = {"longtask": 0, "layout-shift": 0, "paint": 0};
  const add = {
    "longtask": (e) => Math.max(seen.longtask, e.duration),
    "layout-shift": (e) => seen["layout-shift"] + e.value,
    "paint": (e) => e.name === "first-contentful-paint" ? e.startTime : seen.paint,
  };
  for (const type of Object.keys(seen))
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) seen[type] = add[type](entry);
    }).observe({type, buffered: true});
  setTimeout(() => resolve(seen), 1000);
})"""


def main(room: str) -> None:
    """Print the table."""
    chromium = find_chromium()
    with tempfile.TemporaryDirectory() as folder:
        build_all(Path(folder)).check_returncode()
        with serve(Path(folder, "site")) as host, sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=chromium, args=list(ARGUMENTS)
            )
            page = browser.new_context(viewport=DESK).new_page()  # type: ignore[arg-type]  # a dict is one
            rows = measured(page, host, room)
            browser.close()
            report = lighthouse(
                host.room(room),
                chromium,
                *("performance", "accessibility", "best-practices"),
            )
    rows += [
        (f"Lighthouse {name}", f"{score}") for name, score in scores(report).items()
    ]
    for name, value in rows:
        print(f"{name:<28} {value:>10}")  # noqa: T201  # the table


def measured(page: Page, host: Host, room: str) -> list[tuple[str, str]]:
    """Return what one cold opening of *room* costs."""
    page.goto(host.room(room))
    times = page.evaluate(TIMES)
    return [
        ("bytes over the wire", f"{sum(answer.size for answer in host.answers):,}"),
        ("requests", f"{len(host.answers)}"),
        ("first text drawn", f"{times['paint']:.0f} ms"),
        ("longest task over 50 ms", f"{times['longtask']:.0f} ms"),
        ("layout shift", f"{times['layout-shift']:.3f}"),
    ]


if __name__ == "__main__":
    main(*sys.argv[1:] or ["acme"])

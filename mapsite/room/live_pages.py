"""The pages of `mapsite serve` that are no rooms: all plans, a plan's problems."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from markupsafe import Markup

from mapsite.errors import Problem

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'"
)
_FILES = Path(__file__).with_name("live")
_META = re.compile(
    r'(<meta http-equiv="?Content-Security-Policy"? content="[^">]*)(")', re.IGNORECASE
)

_PAGE = Markup(
    """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/-/live.css">
</head>
<body>
<main>
<h1>{title}</h1>
{body}
</main>
</body>
</html>
"""
)


class Listed(NamedTuple):
    """Say of one plan what the list shows."""

    id: str
    file: str
    title: str = ""
    buyer: str = ""
    goal: str = ""
    problems: int = 0


def asset(name: str) -> bytes:
    """Return one of the local pages' own files."""
    return (_FILES / name).read_bytes()


def list_page(plans: Sequence[Listed], misnamed: Sequence[Problem]) -> str:
    """Return the page that leads to every room."""
    rows = Markup("\n").join(map(_row, plans))
    body = Markup("<ul>\n{}\n</ul>\n").format(rows) if plans else Markup("")
    if not plans and not misnamed:
        body = Markup("<p>No plan yet. <code>mapsite new NAME</code> writes one.</p>")
    return _page("Rooms", body + _problem_list(misnamed))


def problems_page(name: str, problems: Sequence[Problem]) -> str:
    """Return the page that stands in for a room whose plan has *problems*."""
    count = len(problems)
    lead = Markup(
        "<p>{} in this plan. Mend and save: the room comes back by itself. "
        '<a href="/">All rooms</a></p>'
    ).format("One problem" if count == 1 else f"{count} problems")
    return _page(name, lead + _problem_list(problems))


def trouble_page(title: str, message: str) -> str:
    """Return a page that says what stops all rooms, or that there is nothing here."""
    text = Markup('<p class="stop">{}</p><p><a href="/">All rooms</a></p>').format(
        message
    )
    return _page(title, text)


def with_reload(page: str, version: str) -> str:
    """Return *page* with the script that shows it again after the next save."""
    page = _META.sub(
        lambda match: (
            match[0]
            if "connect-src" in match[1]
            else f"{match[1]}; connect-src 'self'{match[2]}"
        ),
        page,
        count=1,
    )
    script = f'<script src="/-/reload.js?{version}" defer></script>'
    before, end, after = page.rpartition("</body>")
    return f"{before}{script}{end}{after}"


def _row(plan: Listed) -> Markup:
    if plan.problems:
        count = "1 problem" if plan.problems == 1 else f"{plan.problems} problems"
        note = Markup('<span class="stop">{} in {}</span>').format(count, plan.file)
    else:
        note = Markup("<span>{}</span>").format(plan.goal)
    return Markup(
        '<li><a class="plan" href="/{id}/"><span>{buyer}</span>'
        "<span><strong>{title}</strong>{note}</span></a></li>"
    ).format(
        id=plan.id, buyer=plan.buyer or plan.id, title=plan.title or plan.id, note=note
    )


def _problem_list(problems: Sequence[Problem]) -> Markup:
    if not problems:
        return Markup("")
    rows = Markup("\n").join(
        Markup(
            '<li class="problem"><span class="place">{}</span>'
            '<span><span class="address">{}</span>{}</span></li>'
        ).format(problem.place, problem.address, problem.message)
        for problem in problems
    )
    return Markup("<ol>\n{}\n</ol>\n").format(rows)


def _page(title: str, body: Markup) -> str:
    return str(_PAGE.format(policy=POLICY, title=title, body=body))

"""From what a room shows to its page: the sections of the theme, filled and escaped.

The only module that knows Jinja2, Markdown and nh3. Text of a plan reaches a page
through autoescaping, or as Markdown of a small profile whose raw HTML is text and
whose result is cleaned once more.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import nh3
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markdown import Markdown
from markupsafe import Markup, escape

from mapsite.plan.texts import read_url
from mapsite.room.charting import chart_of
from mapsite.room.labels import labels
from mapsite.room.marks import Marks, day, mark, state
from mapsite.room.tangles import is_tangled
from mapsite.room.timeline import draw, legend
from mapsite.room.view import RoomView
from mapsite.room.words import Words

_TAGS = {"p", "br", "strong", "em", "code", "pre", "blockquote", "hr", "h3", "a"} | {
    *("ul", "ol", "li"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
_SPECIAL = re.compile(r"[*_`\[\]()<>|#\\~:+=\n&-]|^\d+[.)] ")
_HEADING = re.compile(r"(</?)h[1-6]>")
_ANCHOR = re.compile(r"#[a-z0-9-]+", re.ASCII)
_UNWANTED = ("image_link", "image_reference", "short_image_ref", "html", "automail")


@cache
def _markdown() -> Markdown:
    maker = Markdown(
        extensions=["tables", "sane_lists", "fenced_code"],
        extension_configs={"tables": {"use_align_attribute": True}},
    )
    maker.preprocessors.deregister("html_block")
    for name in _UNWANTED:
        maker.inlinePatterns.deregister(name)
    return maker


@cache
def _environment(folders: tuple[Path, ...]) -> Environment:
    return Environment(
        loader=FileSystemLoader(folders),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


def markdown(text: str) -> Markup:
    """Turn *text* of a plan into safe markup."""
    if not _SPECIAL.search(text) or is_tangled(text):
        return Markup("<p>{}</p>").format(text)
    made = _HEADING.sub(r"\1h3>", _markdown().reset().convert(text))
    clean = nh3.clean(
        made,
        tags=_TAGS,
        attributes={"a": {"href", "title"}, "th": {"align"}, "td": {"align"}},
        attribute_filter=_allowed,
        url_schemes={"https", "mailto"},
        url_relative="deny",
        link_rel="noopener noreferrer nofollow",
        strip_comments=True,
    )
    return Markup(clean)


def _allowed(_tag: str, name: str, value: str) -> str | None:
    """Keep links as fields may have them, and such to a place in the page."""
    if name != "href" or read_url(value) or _ANCHOR.fullmatch(value):
        return value
    return None


def slots(
    view: RoomView, sections: tuple[Path, ...], brand_css: str
) -> Mapping[str, Markup]:
    """Fill the frame's slots for *view* with the section templates in *sections*."""
    t = labels(view.language)
    marks = Marks(view, t)
    environment = _environment(sections)
    chart = chart_of(view, t)
    values = {
        "room": view,
        "chart": chart,
        "drawing": draw(chart) if chart.rows else Markup(),
        "legend": legend(chart),
        "time": day,
        "t": t,
        "n": t.count,
        "m": marks,
        "w": Words(view, t, marks),
        "mark": mark,
        "state": state,
        "md": markdown,
    }

    def fill(name: str) -> Markup:
        return Markup(environment.get_template(f"{name}.html.jinja").render(values))

    return {
        "lang": escape(view.language),
        "title": t(
            "frame.page_title",
            buyer=view.buyer.name,
            seller=view.seller.name,
            title=view.title,
        ),
        "brand_css": escape(brand_css),
        "header": fill("header"),
        "body": fill("room"),
        "footer": fill("footer"),
        "label_skip": t("frame.skip"),
        "label_light": t("frame.light"),
        "label_dark": t("frame.dark"),
    }

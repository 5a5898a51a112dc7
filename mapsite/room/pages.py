"""From what a room shows to its page: the sections of the theme, filled and escaped.

The only module that knows Jinja2, Markdown and nh3. Text of a plan reaches a page
through autoescaping, or as Markdown of a small profile whose raw HTML is text and
whose result is cleaned once more.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import nh3
from jinja2 import (
    Environment,
    FileSystemBytecodeCache,
    FileSystemLoader,
    StrictUndefined,
    nodes,
)
from jinja2.compiler import CodeGenerator, Frame
from markdown import Markdown
from markdown.extensions.fenced_code import FencedCodeExtension
from markdown.extensions.sane_lists import SaneListExtension
from markdown.extensions.tables import TableExtension

from mapsite import __version__
from mapsite.plan.texts import read_url
from mapsite.room.changes_words import ChangeWords
from mapsite.room.charting import chart_of
from mapsite.room.escaping import NOTHING, Markup, escape, safe
from mapsite.room.labels import labels
from mapsite.room.marks import Marks, day, state
from mapsite.room.pencils import mark
from mapsite.room.suggested_words import SuggestedWords
from mapsite.room.tangles import is_tangled
from mapsite.room.timeline import draw, legend
from mapsite.room.view import RoomView
from mapsite.room.words import Words

_TAGS = {"p", "br", "strong", "em", "code", "pre", "blockquote", "hr", "h3", "a"} | {
    *("ul", "ol", "li"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
_MARKED_UP = re.compile(
    r"[*_`\[\]<|\\]|&#?\w+;|\n\s*\n|  \n|^[ \t]*(?:[-+#>=~]|\d+[.)])", re.MULTILINE
)
"""What Markdown may read as more than the words of one paragraph."""
_HEADING = re.compile(r"(</?)h[1-6]>")
_BOX = re.compile(r"^(\s*[-*+] )\[([ xX])\] ", re.MULTILINE)
_UNWANTED = ("image_link", "image_reference", "short_image_ref", "html", "automail")


@cache
def _markdown() -> Markdown:
    # By their names they would be looked for in every package that is installed.
    extensions = [
        TableExtension(use_align_attribute=True),
        SaneListExtension(),
        FencedCodeExtension(),
    ]
    maker = Markdown(extensions=extensions, tab_length=2)
    maker.preprocessors.deregister("html_block")
    # Lists in YAML are indented by two or three spaces, which would else be code.
    maker.parser.blockprocessors.deregister("code")
    for name in _UNWANTED:
        maker.inlinePatterns.deregister(name)
    return maker


class _Generator(CodeGenerator):
    """Write templates as Python that calls functions, and escapes, without detours."""

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:  # noqa: N802  # named after the node
        """Have what templates show escaped by ours, which is four times as fast."""
        super().visit_Template(node, frame)
        self.writeline("from mapsite.room.escaping import shown as escape")

    def visit_Call(  # noqa: N802  # same
        self,
        node: nodes.Call,
        frame: Frame,
        forward_caller: bool = False,  # noqa: FBT001, FBT002  # Jinja's own signature
    ) -> None:
        """Call a function as it is."""
        # Jinja asks each one first whether it wants the context, which takes longer
        # than most of ours; none of them does.
        if forward_caller or node.dyn_args or node.dyn_kwargs:
            super().visit_Call(node, frame, forward_caller)
            return
        self.visit(node.node, frame)
        self.write("(")
        for argument in [*node.args, *node.kwargs]:
            self.visit(argument, frame)
            self.write(", ")
        self.write(")")


def _compiled_templates() -> FileSystemBytecodeCache | None:
    """Keep compiled templates where Python keeps compiled modules, if it does."""
    # To compile them takes as long as to make twenty rooms. They are code, so they do
    # not lie in the repository, which others write to.
    folder = Path(__file__).with_name("__pycache__")
    if sys.dont_write_bytecode or not os.access(folder, os.W_OK):
        return None
    return FileSystemBytecodeCache(str(folder), f"sections-{__version__}-%s.cache")


@cache
def _environment(folders: tuple[Path, ...]) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(folders),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        bytecode_cache=_compiled_templates(),
    )
    environment.code_generator_class = _Generator
    return environment


def markdown(text: str) -> Markup:
    """Turn *text* of a plan into safe markup."""
    if not _MARKED_UP.search(text) or is_tangled(text):
        return safe(f"<p>{escape(text)}</p>")
    text = _BOX.sub(lambda box: box[1] + ("☐ " if box[2] == " " else "☑ "), text)
    made = _HEADING.sub(r"\1h3>", _markdown().reset().convert(text))
    return safe(_cleaner().clean(made))


@cache
def _cleaner() -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=_TAGS,
        attributes={"a": {"href", "title"}, "th": {"align"}, "td": {"align"}},
        attribute_filter=_allowed,
        url_schemes={"https", "mailto"},
        url_relative="deny",
        link_rel="noopener noreferrer nofollow",
        strip_comments=True,
    )


def _allowed(_tag: str, name: str, value: str) -> str | None:
    """Keep only such links as a plan's own fields may have."""
    return value if name != "href" or read_url(value) else None


def slots(
    view: RoomView, sections: tuple[Path, ...], brand_css: str, preview: str = ""
) -> Mapping[str, Markup]:
    """Fill the first page's slots for *view* with the section templates in *sections*.

    *brand_css* is the path in the room of the sheet with both sides' colours, *preview*
    the title that previews of its link show.
    """
    return _Filler(view, sections, brand_css, preview).first()


def all_slots(
    view: RoomView, sections: tuple[Path, ...], brand_css: str, preview: str = ""
) -> dict[str, Mapping[str, Markup]]:
    """Fill the slots of every page that the room has, by the page's path.

    There is one of what changed where there is something to tell.
    """
    filler = _Filler(view, sections, brand_css, preview)
    pages: dict[str, Mapping[str, Markup]] = {"index.html": filler.first()}
    if view.past:
        pages["changes/index.html"] = filler.changes()
    return pages


class _Filler:
    """Fill the pages of one room."""

    def __init__(
        self, view: RoomView, sections: tuple[Path, ...], brand_css: str, preview: str
    ) -> None:
        self._view, self._brand_css = view, brand_css
        self._environment = _environment(sections)
        self._t = t = labels(view.language)
        self._marks = marks = Marks(view, t)
        self._shared = {
            "room": view,
            "time": day,
            "t": t,
            "n": t.count,
            "m": marks,
            "w": Words(view, t, marks),
            "s": SuggestedWords(view, t, marks),
            "mark": mark,
            "state": state,
            "md": markdown,
        }
        self._title = t(
            "frame.page_title",
            buyer=view.buyer.name,
            seller=view.seller.name,
            title=view.title,
        )
        self._preview = escape(preview or t("frame.preview_title"))

    def first(self) -> dict[str, Markup]:
        chart = chart_of(self._view, self._t, self._marks)
        drawing = draw(chart) if chart.rows else NOTHING
        values = {
            "chart": chart,
            "drawing": drawing,
            "legend": legend(chart, drawing),
        }
        return self._page("room", "", {**values, "page_title": self._title}) | {
            "label_skip": self._t("frame.skip"),
        }

    def changes(self) -> dict[str, Markup]:
        title = self._t("changes.page_title", page=self._title)
        values = {"past": self._view.past, "page_title": title}
        return self._page("changes", "../", values) | {
            "label_skip": self._t("changes.skip"),
        }

    def _page(
        self, template: str, base: str, values: Mapping[str, Any]
    ) -> dict[str, Markup]:
        """Fill what every page has; *base* leads from it to the room's folder."""
        t, plan_page = self._t, f"{base}index.html" if base else ""
        values = {
            **self._shared,
            "base": base,
            "c": ChangeWords(self._view, t, self._marks, plan_page),
            **values,
        }

        def fill(name: str) -> Markup:
            found = self._environment.get_template(f"{name}.html.jinja")
            return safe(found.render(values))

        return {
            "lang": escape(self._view.language),
            "title": self._preview,
            "brand_css": escape(f"{base}{self._brand_css}"),
            "header": fill("header"),
            "body": fill(template),
            "footer": fill("footer"),
            "label_light": t("frame.light"),
            "label_dark": t("frame.dark"),
        }

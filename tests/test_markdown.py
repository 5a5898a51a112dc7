"""Markdown of a plan: a small profile, and nothing in it that acts."""

from __future__ import annotations

import re
import time
from html import unescape

import pytest
from hypothesis import given, settings, strategies as st

from mapsite.room import pages
from mapsite.room.pages import markdown
from mapsite.room.tangles import is_tangled

REL = 'rel="noopener noreferrer nofollow"'


@pytest.mark.parametrize(
    ("text", "markup"),
    [
        ("Plain words, 1.5 % & more", "<p>Plain words, 1.5 % &amp; more</p>"),
        ('He said "no" & it\'s <b>', '<p>He said "no" &amp; it\'s &lt;b&gt;</p>'),
        (
            "*one* **two** `three`",
            "<p><em>one</em> <strong>two</strong> <code>three</code></p>",
        ),
        ("one\n\ntwo", "<p>one</p>\n<p>two</p>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("1. a\n2. b", "<ol>\n<li>a</li>\n<li>b</li>\n</ol>"),
        ("> a", "<blockquote>\n<p>a</p>\n</blockquote>"),
        ("a\n\n---\n\nb", "<p>a</p>\n<hr>\n<p>b</p>"),
        ("a  \nb", "<p>a<br>\nb</p>"),
        ("```sql\nselect <b>\n```", "<pre><code>select &lt;b&gt;\n</code></pre>"),
        ("2 < 3 && 4 > 3", "<p>2 &lt; 3 &amp;&amp; 4 &gt; 3</p>"),
    ],
)
def test_writes_the_usual(text: str, markup: str) -> None:
    """Paragraphs, emphasis, lists, quotes, rules and code."""
    assert markdown(text) == markup


@pytest.mark.parametrize("text", ["# a", "## a", "###### a", "a\n===", "a\n---"])
def test_every_heading_is_of_the_third_order(text: str) -> None:
    """The page has its own headings above; a plan's stand below them."""
    assert markdown(text) == "<h3>a</h3>"


def test_writes_tables() -> None:
    """With the alignment of their columns, and no style."""
    made = markdown("| a | b |\n|:--|--:|\n| *1* | 2 |")
    assert '<th align="left">a</th>' in made
    assert '<td align="right">2</td>' in made
    assert "style" not in made


@pytest.mark.parametrize(
    ("text", "href"),
    [
        ("[x](https://a.example/p?a=1&b=2#c)", "https://a.example/p?a=1&amp;b=2#c"),
        ("<https://a.example>", "https://a.example"),
        ("[x](mailto:a@b.example?subject=c)", "mailto:a@b.example?subject=c"),
        ("[x][1]\n\n[1]: https://a.example", "https://a.example"),
        ("[x](https://a.example/a_(b))", "https://a.example/a_(b)"),
    ],
)
def test_links_lead_out_quietly(text: str, href: str) -> None:
    """To https and to mail; they carry no address along."""
    assert f'<a href="{href}" {REL}>' in markdown(text)


@pytest.mark.parametrize(
    "target",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java&#115;cript:alert(1)",
        "&#106;avascript:alert(1)",
        "javascript&colon;alert(1)",
        "data:text/html;base64,PHNjcmlwdD4=",
        "vbscript:x",
        "http://a.example",
        "ftp://a.example",
        "file:///etc/passwd",
        "//a.example",
        "/steps",
        "steps.html",
        "../other/index.html",
        "?q",
        "\\\\a.example",
        "https:a",
        "https://",
        "https://user:secret@a.example",
        "https://acme.example@evil.example",
        "tel:123",
        "#steps",
        "",
    ],
)
def test_other_links_lead_nowhere(target: str) -> None:
    """What looks like one is text."""
    assert "href" not in markdown(f"[x]({target})")
    assert "href" not in markdown(f"[x][1]\n\n[1]: {target}")
    assert "href" not in markdown(f"<{target}>")


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<b>bold</b>",
        "<div markdown=1>*x*</div>",
        "<!-- note -->",
        "<!DOCTYPE html>",
        "<?php x ?>",
        "a <img src=x onerror=alert(1)> b",
        "<a href='https://a.example' onclick='x'>y</a>",
        "</div></section>",
        "- <style>*{}</style>",
        "> <iframe src=x>",
        "`x` <svg onload=x>",
    ],
)
def test_html_is_text(text: str) -> None:
    """It is shown as it was written, and nothing of it counts."""
    made = markdown(text)
    for tag in (
        "<script",
        "<b>",
        "<div",
        "<!--",
        "<!D",
        "<?",
        "<img",
        "<a ",
        "<style",
        "<iframe",
        "<svg",
        "</div",
    ):
        assert tag not in made
    assert "&lt;" in made


@pytest.mark.parametrize(
    "text",
    [
        "![x](https://a.example/p.png)",
        "![x][1]\n\n[1]: https://a.example/p.png",
        "[![x](https://a.example/p.png)](https://b.example)",
    ],
)
def test_pictures_are_not_loaded(text: str) -> None:
    """A picture from elsewhere would tell who reads the page, and when."""
    assert "<img" not in markdown(text)


@pytest.mark.parametrize(
    "text",
    [
        "# a {: #goal .x style=y }",
        "*a*{: #goal style=y }",
        "``` {.x #goal onclick=x}\na\n```",
        "[TOC]",
        '!!! note "x"\n    a',
        "--8<-- 'plans/other.yaml'",
        "*[HTML]: x\n\nHTML",
        "a[^1]\n\n[^1]: b",
        "title: x\n\nbody",
        "{{ 7*7 }} {% raw %}",
        '=== "tab"\n    a',
    ],
)
def test_extensions_of_others_are_off(text: str) -> None:
    """No attribute, id, template, table of contents or inclusion."""
    made = markdown(text)
    for word in (
        " id=",
        " class=",
        "<h3 ",
        "<em ",
        "<div",
        "<nav",
        "<sup",
        "<abbr",
        "49",
        "plans:",
    ):
        assert word not in made


TANGLES = {
    "brackets that never close": "[" * 20_000,
    "links that never end": "[a](" * 5_000,
    "brackets that are escaped": "[\\]" * 6_600,
    "brackets hidden in code": "[``]``" * 3_300,
    "a table wider than it is written": "|a" * 99
    + "\n"
    + "|-" * 99
    + "\n"
    + "|\n" * 9_000,
    "a line of columns": "a|b\n-|-\n" + "`|" * 9_000,
    "quotes in quotes": ">" * 20_000,
    "lists in lists": "1. " * 6_000,
    "lists ever further right": "\n".join("    " * n + "- a" for n in range(95)),
    "headings in one paragraph": "# a\n" * 5_000,
    "rules in one paragraph": "* * *\n" * 3_000,
}
BUSY = {
    "emphasis": "*a_" * 6_600,
    "strong emphasis": "***a***b" * 2_500,
    "escapes": "\\" * 20_000,
    "code": "`a``b" * 4_000,
    "entities": "&amp;" * 4_000,
    "lines": "a\n" * 10_000,
    "numbers": "1. a\n" * 4_000,
    "items": "- a\n\n" * 4_000,
    "references": "[a]: x\n" * 2_800,
    "less-than signs": "<" * 20_000,
    "fences": "```\n" * 5_000,
    "many links": "- [a page](https://a.example/a) and `code`\n" * 400,
}


@pytest.mark.parametrize(
    "text", [*TANGLES.values(), *BUSY.values()], ids=[*TANGLES, *BUSY]
)
def test_no_text_keeps_it_busy(text: str) -> None:
    """Twenty thousand characters take less than two seconds, whatever they are."""
    text = text[:20_000]
    began = time.process_time()
    made = markdown(text)
    assert time.process_time() - began < 2
    assert len(made) < 20 * len(text)


@pytest.mark.parametrize("text", TANGLES.values(), ids=TANGLES)
def test_a_tangle_is_shown_as_written(text: str) -> None:
    """Rather than refused: it is a text, only not Markdown."""
    assert is_tangled(text)
    assert markdown(text).count("<") == 2


@pytest.mark.parametrize(
    "text",
    [
        "- [a page](https://a.example/a) and `code`\n" * 400,
        "| a | b | c |\n|---|---|---|\n" + "| 1 | 2 | 3 |\n" * 1_000,
        "# a\n\ntext\n\n" * 1_000,
        "see [1], [2] and [3], or [a (b)](https://a.example)\n\n" * 300,
        "- a\n    - b\n        - c\n            - d\n" * 300,
        "word " * 4_000,
    ],
)
def test_long_texts_are_no_tangles(text: str) -> None:
    """Long lists, tables and chapters are what plans are made of."""
    assert not is_tangled(text[:20_000])


def test_nothing_is_remembered_from_text_to_text() -> None:
    """A reference of one text is unknown in the next."""
    assert "href" in markdown("[x][1]\n\n[1]: https://a.example")
    assert "href" not in markdown("[x][1] *y*")


PIECES = [
    "a",
    "b - c",
    "d: e",
    "f+g",
    "x=y",
    "1. z",
    "#h",
    "q>r",
    "~s",
    "t & u",
    "re-test",
    "&amp;",
    "(p)",
    "5 %",
    '"q"',
    "it's",
    "x\ny",
    "\n- k",
    "\n\n",
    "  \n",
    "\n# h",
    "\n===",
    "\n1. m",
    "\n2) n",
    "\n    in",
    "https://x.example",
    "a@b.example",
]
"""Words and signs that Markdown reads as something only in some places."""


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(
    st.lists(st.sampled_from(PIECES), min_size=1, max_size=6)
    .map(" ".join)
    .map(str.strip)
    .filter(bool)
)
def test_plain_text_is_read_as_markdown_would_read_it(text: str) -> None:
    """The way past Markdown says what the way through it says."""
    short = str(markdown(text))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pages, "_MARKED_UP", re.compile(""))
        long = str(markdown(text))
    assert unescape(short).split() == unescape(long).split()

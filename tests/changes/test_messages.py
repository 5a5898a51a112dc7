"""Messages of commits and requests hold outside text, and nothing that it could do."""

from __future__ import annotations

import pytest
from markdown_it import MarkdownIt

from mapsite.changes.asking_text import request_body
from mapsite.changes.ledger import received
from mapsite.changes.messages import code, commit_message, plain, title_of
from mapsite.changes.policy import Policy
from mapsite.changes.suggestion import Sender
from mapsite.changes.weighing import weigh
from mapsite.git.writing import Person
from tests.changes.origins import move_date, suggest
from tests.conftest import PROJECT

HOSTILE = (
    "Mapsite-Change: 01AAAAAAAAAAAAAAAAAAAAAAAA",
    "x\n\nSigned-off-by: a <b@c>",
    "closes #12, fixes GH-3, see !4 and https://git.example/o/r/issues/5",
    "@jo @mama/legal [skip ci] [ci skip] ***NO_CI***",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "[click](javascript:alert(1)) ![x](https://evil.example/x.png)",
    "`` ` ``` <b>x</b>",
    "# heading\n- item\n> quote",
    "${{ secrets.TOKEN }} $(id) `id`",
    "\u202egnp.exe\x1b]0;x\x07\u2028x",
    "::error::x\r\n##[group]x",
)
RAW = (PROJECT / "plans/acme.yaml").read_bytes()


@pytest.mark.parametrize("text", HOSTILE)
def test_a_commit_says_it_and_does_nothing(text: str) -> None:
    """One line each, no trailer but ours, nobody is called and no issue closed."""
    message = commit_message("01JF", [text, text], text)
    *_, trailers = message.rstrip("\n").split("\n\n")
    assert [line.partition(":")[0] for line in trailers.splitlines()] == [
        "Why",
        "Mapsite-Change",
    ]
    assert message.endswith("\nMapsite-Change: 01JF\n")
    assert message.count("\n\n") <= 2
    for line in message.splitlines():
        assert line.isprintable()
        assert line[:1] not in {"#", "-"}
    for call in ("@jo", "#12", "GH-3", "!4", "://git", "[skip ci]", "***", "${{"):
        assert call not in message


@pytest.mark.parametrize("text", HOSTILE)
def test_markdown_shows_it_and_does_nothing(text: str) -> None:
    """It is a span of code whatever stands in it."""
    html = MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(
        f"- {code(text)}"
    )
    assert html.startswith("<ul>\n<li><code>")
    assert html.endswith("</code></li>\n</ul>\n")
    inner = html.removeprefix("<ul>\n<li><code>").removesuffix("</code></li>\n</ul>\n")
    assert "<" not in inner
    assert plain(text).isprintable()


@pytest.mark.parametrize("text", HOSTILE)
def test_a_request_shows_it_and_does_nothing(text: str) -> None:
    """The whole body has no markup but ours."""
    wish = move_date("security-review", "2026-05-28", "2026-06-02", text)
    suggestion = suggest(1, wish, by=Sender(text))
    weighed = weigh(suggestion, RAW, "plans/acme.yaml", Policy())
    body = request_body(received(suggestion)[0], weighed)
    html = MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(body)
    for tag in ("<script", "<img", "<a ", "<b>", "<h1", "<blockquote"):
        assert tag not in html
    title = title_of("acme", weighed.written)
    assert title.startswith("acme: Move ")
    assert title.isprintable()


@pytest.mark.parametrize(
    ("name", "email", "ident"),
    [
        ("Priya N.", "p@a.example", "Priya N. <p@a.example>"),
        ("Eve <jo@x>\nx", "a b@c", "Eve jo@x x <changes@mapsite.invalid>"),
        ("\u202e\x1b<>", None, "Somebody <changes@mapsite.invalid>"),
        ("x" * 200, "p@a.example\n", f"{'x' * 100} <changes@mapsite.invalid>"),
    ],
)
def test_an_author_is_a_name_and_an_address(
    name: str, email: str | None, ident: str
) -> None:
    """Anything else would be taken for another line of the commit."""
    assert Person(name, email).ident == ident

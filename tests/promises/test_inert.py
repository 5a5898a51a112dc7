"""No text of a plan becomes code: not in the page, not in the calendar file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any
from xml.etree import ElementTree as ET

import html5lib
import pytest
from icalendar import Calendar

from mapsite.errors import InvalidPlan
from mapsite.plan.past import Version
from tests.promises.sample import as_text, everything, fields_of, least, parts_of

Make = Callable[..., dict[str, bytes]]

# One payload a class of attack; each ends up in every text field there is.
PAYLOADS = [
    # elements
    "<script>alert(1)</script>",
    "<ScRiPt/src=//evil.example/x.js>",
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><use href=data:x#y>",
    "<math><mtext></mtext><mglyph><style><img src=x onerror=alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=javascript:alert(1)></object><embed src=x>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<base href=https://evil.example/>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<style>*{background:url(//evil.example)}</style>",
    "<form action=//evil.example><input name=q autofocus onfocus=alert(1)>",
    "<a name=steps id=goal href=//evil.example>clobbers</a>",
    "<details open ontoggle=alert(1)><summary>x",
    "<template><slot name=body></slot></template>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<b>]]> <?xml version='1.0'?> <!DOCTYPE x>",
    "</title></head><body onload=alert(1)>",
    "</td></tr></table></section></main><h1>after",
    "</svg></text><script>alert(1)</script>",
    "<plaintext> <xmp> <listing> <textarea>",
    # attributes
    '" onmouseover=alert(1) x="',
    "' onfocus='alert(1)' autofocus='",
    "` onclick=alert(1) `",
    '"><script>alert(1)</script>',
    'x" style="position:fixed;inset:0',
    "{: onclick=alert(1) .map-goal #goal }",
    # entities, encodings
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62; &#x3c;b&#x3e; &lt &amp;amp; &quot;",
    "%3Cscript%3Ealert(1)%3C/script%3E %0d%0aBEGIN:VEVENT",
    "\\u003cscript\\u003e \\x3cscript\\x3e +ADw-script+AD4-",
    "\uff1cscript\uff1ealert(1)\uff1c/script\uff1e \ufe64b\ufe65",
    # schemes
    "javascript:alert(1) vbscript:msgbox(1) data:text/html,<script>",
    "[x](javascript:alert(1)) [x](JaVaScRiPt&colon;alert(1))",
    "[x](java&#115;cript:alert&#40;1&#41;) <javascript:alert(1)>",
    "[x](data:text/html;base64,PHNjcmlwdD4=) [x](vbscript:x)",
    "[x](//evil.example) [x](/root) [x](\\\\evil.example) [x](?q) [x](a.html)",
    "[x](https://a:b@evil.example) [x](file:///etc/passwd) [x](ftp://x.example)",
    "![x](https://evil.example/pixel.png) ![x][y] [y]: https://evil.example",
    '[x](https://a.example "\\" onclick=\\"alert(1)")',
    "[x]: javascript:alert(1) [x] [x][]",
    "[`<script>`](https://a.example/<script>alert(1)</script>)",
    # templates
    "{{ 7*7 }} {% raw %} {% include 'x' %} {# x #} ${7*7} #{7*7} <%= 7*7 %>",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }} {0} {title} {buyer}",
    "%s %(title)s %n $title \\1 \\g<0> {0.__class__}",
    '--8<-- "plans/other.yaml" [TOC] *[HTML]: x !!! note "x" ??? x',
    "slot-0123456789abcdef-body-end klzzwxh:0000 \u0001".replace("\u0001", "wzxhzdk:1"),
    # calendars, spreadsheets, shells, logs
    "x;ATTENDEE=evil\\nBEGIN:VALARM\\nEND:VCALENDAR\\, \\; \\N",
    "BEGIN:VEVENT END:VEVENT ATTACH:https://evil.example ORGANIZER:mailto:a@b.c",
    "=HYPERLINK(\"https://evil.example\") +1+cmd|' /C calc'!A0 @SUM(1) -2",
    "$(touch /tmp/x) `id` ; rm -rf / | cat && true %PATH%",
    "::set-output name=x::y ::add-mask::x ##[error] \\e[31m",
    # lengths and letters
    "\u00e4\u6f22\U0001f469\u200d\U0001f469\u200d\U0001f467" * 40,
    "W" * 500,
    "e\u0301\u0302\u0303" * 60 + " \u0627\u0644\u0639\u0631\u0628\u064a\u0629",
    "__proto__ constructor toString null undefined NaN None",
]  # fmt: skip
REFUSED = {
    "a NUL": "x\x00y",
    "a bell": "x\x07y",
    "an escape": "x\x1b[31my",
    "a line separator": "x\u2028y",
    "a paragraph separator": "x\u2029y",
    "a next line": "x\x85y",
    "an override of direction": "x\u202ey",
    "an isolate of direction": "x\u2066y",
    "a byte order mark": "x\ufeffy",
    "a lone surrogate": "x\\ud800y",
}
MARKDOWN_TAGS = {
    *("p", "br", "strong", "em", "code", "pre", "blockquote", "hr", "h3", "a"),
    *("ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td"),
}
LINK = re.compile(r"https://[^\s/@]+([/?#]\S*)?|mailto:[^\s@]+@\S+")
TEXT_ATTRIBUTES = {"title", "aria-label", "data-label", "data-title", "content"} | {
    *("data-stated", "data-looks", "data-base")
}
NUMBERS = re.compile(r"[\sMLHVCSQTAZmlhvcsqtaz0-9.,-]*(em|%)?")
GEOMETRY = {"x", "y", "x1", "x2", "y1", "y2", "dx", "dy", "width", "height", "d", "cx"}
PROPERTIES = {
    "VCALENDAR": {"PRODID", "VERSION", "CALSCALE", "X-WR-CALNAME"},
    "VEVENT": {
        "UID",
        "DTSTAMP",
        "DTSTART",
        "DTEND",
        "SUMMARY",
        "DESCRIPTION",
        "SEQUENCE",
        "STATUS",
        "TRANSP",
    },
}


def page_tree(page: bytes) -> ET.Element:
    """Parse a page as a browser does."""
    return html5lib.parse(page, treebuilder="etree", namespaceHTMLElements=False)


def shape(element: ET.Element) -> Iterator[tuple[str, ...]]:
    """Yield what a page is made of, without its texts and the insides of Markdown."""
    values = {
        name: "" if name in TEXT_ATTRIBUTES else value
        for name, value in element.attrib.items()
    }
    for name in GEOMETRY & set(values):
        assert NUMBERS.fullmatch(values[name]), (element.tag, name, values[name])
        values[name] = ""
    yield (str(element.tag), *(f"{name}={value}" for name, value in values.items()))
    if "map-md" not in values.get("class", "").split():
        for child in element:
            yield from shape(child)
        yield ("/",)


def markdown_in(page: ET.Element) -> list[ET.Element]:
    """Return what Markdown of the plan has made, without the label before a note."""
    found = [e for e in page.iter() if "map-md" in e.get("class", "").split()]
    inside = [e for part in found for e in part.iter() if e is not part]
    return [e for e in inside if e.tag != "b"]


@pytest.fixture(scope="module")
def harmless(room: Make) -> dict[str, dict[str, bytes]]:
    """Return the rooms of both samples with one plain word everywhere."""
    return {
        "everything": room(everything("Words", "Words")),
        "least": room(least("Words")),
    }


def spoiled(payload: str, name: str) -> dict[str, Any]:
    """Return a sample with *payload* in every text field, as text and as Markdown."""
    return (
        everything(payload, f"Words\n\n{payload}\n")
        if name == "everything"
        else least(payload)
    )


class TestPage:
    """The page of a hostile plan has the elements and attributes of a harmless one."""

    def test_every_text_field_is_tried(self) -> None:
        """Each text field of each part holds the payload once at least."""
        payload = PAYLOADS[0]
        fields, tried = set(), set()
        for model, part in parts_of(everything(payload, payload)):
            for field in fields_of(model):
                if field.kind in {"Line", "Prose"}:
                    fields.add((model.__name__, field.name))
                    if payload in str(part.get(field.name)):
                        tried.add((model.__name__, field.name))
        assert len(fields) > 50
        assert fields - tried == {("WorkCalendar", "holidays")}

    @pytest.mark.parametrize("name", ["everything", "least"])
    @pytest.mark.parametrize("payload", PAYLOADS)
    def test_has_the_shape_of_a_harmless_one(
        self, room: Make, harmless: dict[str, dict[str, bytes]], payload: str, name: str
    ) -> None:
        """Same elements, same attributes; only texts differ, and Markdown is plain."""
        made = room(spoiled(payload, name))
        assert list(made) == list(harmless[name])
        for at in [at for at in made if at.endswith(".html")]:
            page = page_tree(made[at])
            expected = list(shape(page_tree(harmless[name][at])))
            assert len(expected) > (200 if at == "index.html" else 80)
            for got, wanted in zip(shape(page), expected, strict=True):
                assert got == wanted
            check_markdown(page)

    @pytest.mark.parametrize("payload", PAYLOADS[:30:3])
    def test_no_version_of_a_plan_becomes_code(self, room: Make, payload: str) -> None:
        """What was hostile once, and what a commit says, is text or nowhere."""
        pages = []
        for words in (payload, "Words"):
            then, now = (everything(words, words) for _ in range(2))
            now["goal"]["date"], now["steps"][0]["title"] = "2026-08-13", f"New {words}"
            texts = [as_text(then), as_text(now)]
            history = [
                Version("c", date(2026, 5, 20 + n), words, words, words, raw)
                for n, raw in enumerate(texts)
            ]
            made = room(texts[-1], versions=history)
            pages.append(list(shape(page_tree(made["changes/index.html"]))))
        assert len(pages[0]) > 80
        assert pages[0] == pages[1]

    def test_the_look_takes_nothing_from_texts(self, room: Make) -> None:
        """Style sheets and scripts are the same bytes whatever a plan says."""
        plain, hostile = (
            room(everything("Words", "Words")),
            room(everything(PAYLOADS[0], "x")),
        )
        assets = [name for name in plain if name.startswith("assets/")]
        assert len(assets) > 3
        assert {name: plain[name] for name in assets} == {n: hostile[n] for n in assets}

    @pytest.mark.parametrize("character", REFUSED.values(), ids=REFUSED.keys())
    def test_refuses_what_no_text_may_hold(self, room: Make, character: str) -> None:
        """Control characters and such that turn the direction never get so far."""
        raw = as_text(everything("Words", "Words"))
        with pytest.raises(InvalidPlan):
            room(raw.replace(b"Words", character.encode(), 1))

    def test_the_comparison_sees_an_element(self, room: Make) -> None:
        """The same page with one attribute more would not have passed."""
        page = room(least("Words"))["index.html"]
        before = list(shape(page_tree(page)))
        added = page.replace(b"<h1 ", b"<h1 onclick=x ", 1)
        assert added != page
        assert list(shape(page_tree(added))) != before
        assert (
            list(shape(page_tree(page.replace(b"</h1>", b"</h1><i></i>", 1)))) != before
        )


def check_markdown(page: ET.Element) -> None:
    """Find nothing but plain markup and links that may be followed."""
    for element in markdown_in(page):
        assert element.tag in MARKDOWN_TAGS
        allowed = {"a": {"href", "title", "rel"}, "th": {"align"}, "td": {"align"}}
        assert set(element.attrib) <= allowed.get(str(element.tag), set())
        if "href" in element.attrib:
            assert LINK.fullmatch(element.attrib["href"]), element.attrib["href"]
            assert element.attrib["rel"] == "noopener noreferrer nofollow"


def unfolded(data: bytes) -> list[tuple[str, str]]:
    """Read an iCalendar file line by line, as RFC 5545 has it, trusting nothing."""
    assert data.endswith(b"\r\n")
    lines = data.split(b"\r\n")[:-1]
    for line in lines:
        assert len(line) <= 75
        assert b"\r" not in line
        assert b"\n" not in line
        line.decode("utf-8")  # a fold inside a character leaves two broken lines
        assert not re.search(rb"[\x00-\x08\x0b-\x1f\x7f]", line)
    whole = b"\r\n".join(lines).replace(b"\r\n ", b"").decode()
    pairs = [
        re.match(r"([A-Z0-9-]+)[^:]*:(.*)", line, re.DOTALL)
        for line in whole.split("\r\n")
    ]
    assert all(pairs)
    return [(pair[1], pair[2]) for pair in pairs if pair]


def unescaped(text: str) -> str:
    """Read a text of an iCalendar file, RFC 5545 section 3.3.11."""
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], text)


class TestCalendarFiles:
    """The calendar files of a hostile plan have the entries of a harmless one."""

    @pytest.mark.parametrize("payload", PAYLOADS)
    def test_has_the_entries_of_a_harmless_one(
        self, room: Make, harmless: dict[str, dict[str, bytes]], payload: str
    ) -> None:
        """Same properties in the same order, and only those that are known."""
        made = room(everything(payload, payload))
        calendars = [name for name in made if re.match(r"plan\.ics|calendar/", name)]
        assert len(calendars) > 1
        for name in calendars:
            self.compare(made[name], harmless["everything"][name], payload)

    def compare(self, data: bytes, like: bytes, payload: str) -> None:
        """Hold a file against the harmless one of the same name."""
        expected, lines = unfolded(like), unfolded(data)
        assert [name for name, _ in lines] == [name for name, _ in expected]
        inside: list[str] = []
        for name, value in lines:
            if name == "BEGIN":
                inside.append(value)
            elif name == "END":
                assert inside.pop() == value
            else:
                assert name in PROPERTIES[inside[-1]]
        events = Calendar.from_ical(data).walk("VEVENT")
        assert len(events) == [value for _, value in expected].count("VEVENT") // 2
        told = {unescaped(value) for name, value in lines if name == "SUMMARY"}
        # icalendar takes the two characters \\N for the end of a line.
        assert payload.strip().replace("\\N", "\n") in told

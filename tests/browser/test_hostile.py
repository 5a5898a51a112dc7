"""No text of a plan becomes code, also where a host drops the policy."""

from __future__ import annotations

import pytest

from tests.browser.rooms import OWN
from tests.browser.server import Host
from tests.browser.visit import OPEN_ALL, Visiting

# What could run, load or lead away, wherever it came from.
ALIVE = """() => [...document.querySelectorAll("*")].filter((e) =>
    /^(IFRAME|OBJECT|EMBED|BASE|STYLE|AUDIO|VIDEO|FOREIGNOBJECT|ANIMATE|SET)$/i
      .test(e.tagName)
    || e.matches("script:not([src^='assets/'], [src^='../assets/'])")
    || e.matches("form[action], [srcdoc], [formaction],"
      + " meta[http-equiv=refresh], [style], [ping], [target]")
    || [...e.attributes].some((a) => /^on/i.test(a.name)
      || /^(href|src|xlink:href)$/.test(a.name)
        && !/^(https:|mailto:|#)/.test(a.value)
        && !/^(\\.\\.\\/)?(assets\\/[\\w.-]+|plan\\.ics)$/.test(a.value)
        && !/^(changes\\/|\\.\\.\\/)index\\.html(#[\\w-]+)?$/.test(a.value)
        && !/^calendar\\/[a-z0-9-]+\\.ics$/.test(a.value))
  ).map((e) => e.outerHTML.slice(0, 200))"""

AT_REST = "() => new Promise((done) => requestIdleCallback(done, {timeout: 1000}))"


@pytest.mark.parametrize("room", OWN)
def test_hostile_words_stay_words_without_the_policy(
    room: str, host: Host, visit: Visiting
) -> None:
    """With the policy taken away nothing runs, opens a dialog or is fetched."""
    here = host.room(room, guarded=False)
    reader = visit(here)
    told = reader.page.locator("a[href='changes/index.html']").count() > 0
    for page in [here, f"{here}changes/index.html"][: 1 + told]:
        reader.page.goto(page)
        assert reader.page.locator("meta[http-equiv*=Policy]").count() == 0
        reader.read(OPEN_ALL)
        for link in reader.page.locator("a[href^='#'], summary").all()[:20]:
            link.evaluate("e => e.click()")
        reader.read(AT_REST)
        assert reader.read(ALIVE) == []
        assert reader.read("typeof window.__pwned") == "undefined"
    assert [url for url in reader.requests if not url.startswith(here)] == []
    assert reader.faults == []


def test_hostile_words_can_be_read(host: Host, visit: Visiting) -> None:
    """What looks like code in a plan is shown as it was written."""
    reader = visit(host.room("full"))
    reader.read(OPEN_ALL)
    text = reader.page.inner_text("main")
    assert "<script>alert(1)</script>" in text
    assert "{{ 7*7 }}" in text
    assert "<img src=x onerror=alert(1)>" in text

"""One reader's visit to a room: a page that tells everything that went wrong in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from playwright.sync_api import ConsoleMessage, Dialog, Page, Request

Scheme = Literal["light", "dark"]
Visiting = Callable[..., "Visit"]
"""Call with a room's address; see the fixture `visit`."""

WIDTHS = (320, 390, 768, 1280, 1920, 2560)
DESK = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
ZOOMED = {"width": 320, "height": 256}
"""What a window of 1280 by 1024 has left at a zoom of 400 %."""

WATCH = """
document.addEventListener("securitypolicyviolation", (event) => console.error(
  "refused by the policy: " + event.violatedDirective + " " + event.blockedURI));
"""

OPEN_ALL = "document.querySelectorAll('details').forEach((d) => { d.open = true; })"


@dataclass
class Visit:
    """Hold the page and what was noticed on it."""

    page: Page
    requests: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Watch the page from now on."""
        self.page.on("request", self._on_request)
        self.page.on("console", self._on_console)
        self.page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        self.page.on("dialog", self._on_dialog)

    def read(self, script: str, value: object = None) -> Any:  # noqa: ANN401  # JSON
        """Return what *script* finds on the page."""
        return self.page.evaluate(script, value)

    def use_font(self, font: str) -> None:
        """Show the page in a font, base64, in place of the system's."""
        self.read(
            """async (font) => {
              const bytes = Uint8Array.from(atob(font), (c) => c.charCodeAt(0));
              const face = new FontFace("Test", bytes, {weight: "100 900"});
              document.fonts.add(await face.load());
              document.documentElement.style.setProperty("--m-font-own", "Test");
              await document.fonts.ready;
            }""",
            font,
        )

    def _on_request(self, request: Request) -> None:
        self.requests.append(request.url)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.faults.append(f"{message.type}: {message.text}")

    def _on_dialog(self, dialog: Dialog) -> None:
        self.faults.append(f"dialog: {dialog.message}")
        dialog.dismiss()

"""What a page looks like to axe, on a desk and on a phone, by day and by night."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

WCAG = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}
CONTRAST = {"type": "rule", "values": ["color-contrast"]}
SAME_ROWS = ["table.list tbody tr:nth-child(n+9)", ".feed li:nth-child(n+5)"]
"""Row after row comes from one template: the first ones, of every kind, stand for the rest."""


def violations(page: Page, rules: dict[str, object] = WCAG) -> list[str]:
    """What axe finds against WCAG 2.1 A and AA: rule and places."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    found: list[str] = page.evaluate(
        """async ([rules, rows]) => {
            const options = { runOnly: rules, resultTypes: ["violations"], preload: false };
            const { violations } = await axe.run({ exclude: rows.map((one) => [one]) }, options);
            return violations.map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => n.target.join(" "))}`);
        }""",
        [rules, SAME_ROWS],
    )
    return found


class Look:
    """A page as it is on a desk and on a phone, by day and by night."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.found: dict[str, object] = {}

    def at(self, name: str) -> None:
        for width in (1280, 360):
            self.page.set_viewport_size({"width": width, "height": 900})
            bad = violations(self.page)
            wide = self.page.evaluate("document.documentElement.scrollWidth")
            if bad or wide > width:
                self.found[f"{name} {width}"] = (bad, wide)
        self.page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        if dim := violations(self.page, CONTRAST):
            self.found[f"{name} dark"] = dim
        self.page.emulate_media(color_scheme="light", reduced_motion="reduce")

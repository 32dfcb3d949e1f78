"""Links to the documentation, and that what they refer to is there."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from cnncalc.documentation import PAGES, base_address, page_url
from cnncalc.layers import LAYERS
from cnncalc.lint.registry import RULES

from .support.paths import ROOT
from .support.processes import cnncalc

SITE = "https://example.org/cnncalc"
NETWORK = "input: 3x32x32\nvars: {width: 16}\nlayers:\n  - {conv: 8, kernel: 3}\n"


@pytest.mark.parametrize("topic", [*LAYERS, *RULES])
def test_every_kind_and_rule_has_its_section(topic: str) -> None:
    """The heading of a section is its anchor."""
    url = page_url(topic, SITE)
    assert url is not None and url.startswith(f"{SITE}/")
    page, _, anchor = url.removeprefix(f"{SITE}/").partition("#")
    headings = (ROOT / "docs" / page.replace(".html", ".md")).read_text("utf-8").splitlines()
    assert page.removesuffix(".html") in PAGES.values()
    assert anchor == topic and any(line in (f"## {topic}", f"### {topic}") for line in headings)


@pytest.mark.parametrize(
    "text", ["javascript:alert(1)", 'site" onclick="x', "a)b](c\n", "~", "\x1b"]
)
def test_a_value_that_is_no_address_is_a_folder(text: str) -> None:
    found = base_address({"CNNCALC_DOCS": text})
    assert found.startswith("file:///") and not set('"<>() \n\x1b') & set(found)
    assert Path(unquote(urlsplit(found).path)) == Path(text).absolute()


@pytest.mark.parametrize("text", [f'{SITE}/"><script>', f"{SITE}/a) [b](c", f"{SITE}\n\x1b[1m"])
def test_an_address_has_no_characters_that_end_a_link(text: str) -> None:
    found = base_address({"CNNCALC_DOCS": text})
    assert found.startswith(SITE) and not set('"<>() \n\x1b') & set(found)


def test_formats_link_rules_where_there_is_an_address(tmp_path: Path) -> None:
    (tmp_path / "net.cnn.yaml").write_text(NETWORK, encoding="utf-8")
    link = f"{SITE}/rules.html#unused-variable"

    def checked(form: str, address: str) -> str:
        return cnncalc("check", "--format", form, cwd=tmp_path, CNNCALC_DOCS=address).stdout

    assert f"[unused-variable]({link})" in checked("markdown", SITE)
    assert "](" not in checked("markdown", "")
    for address, expected in ((SITE, link), ("", None)):
        driver = json.loads(checked("sarif", address))["runs"][0]["tool"]["driver"]
        (rule,) = [rule for rule in driver["rules"] if rule["id"] == "unused-variable"]
        assert rule.get("helpUri") == expected

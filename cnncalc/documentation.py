"""The addresses of the documentation's pages, for links in messages, reports and editors.

`python -m website` builds these pages (docs/site.md).
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

PAGES = {"layer": "layers", "rule": "rules"}
"""The pages whose sections are the kinds of layers and the rules."""
VARIABLE = "CNNCALC_DOCS"
"""The variable of the environment that has the address of the site, or its folder."""
ADDRESS = ""
"""Where the site is published; cnncalc has no public address yet."""


def page_url(topic: str, address: str | None = None) -> str | None:
    """The page of a kind of layer or of a rule; None if it has none, or without an address.

    `address` is where the site is: by default that of the environment.

    >>> page_url("conv", "https://example.org/cnncalc")
    'https://example.org/cnncalc/layers.html#conv'
    >>> page_url("dense-on-map", "https://example.org/cnncalc/")
    'https://example.org/cnncalc/rules.html#dense-on-map'
    >>> page_url("unknown-argument", "https://example.org"), page_url("conv", "")
    (None, None)
    """
    from .layers import LAYERS
    from .lint.registry import RULES

    address = base_address(os.environ) if address is None else address
    found = [what for what, names in (("layer", LAYERS), ("rule", RULES)) if topic in names]
    if not address or not found:
        return None
    return f"{address.rstrip('/')}/{PAGES[found[0]]}.html#{topic}"


def base_address(environment: Mapping[str, str]) -> str:
    """The address of the site: that of `CNNCALC_DOCS`, or the public one; empty if there is none.

    A value that is not an address of the web is a folder, such as the one that was built.

    >>> base_address({"CNNCALC_DOCS": "https://example.org/a b"})
    'https://example.org/a%20b'
    """
    from urllib.parse import quote

    text = environment.get(VARIABLE) or ADDRESS
    if not text or re.match("(https?|file)://", text):
        return quote(text, safe="%/:@?&=+~,;[]!$", errors="replace")
    from pathlib import Path

    return Path(text).absolute().as_uri()

"""`python -m website`: the documentation and the playground as a site, in the folder `site`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from .build import NotASite, build_site
from .documents import ROOT, BrokenLink
from .playground.files import playground_files
from .vendor import VendorError, install, released


def main() -> int:
    options = arguments()
    try:
        install()
        further = {"mermaid.min.js": released("mermaid/dist/mermaid.min.js"), **playground_files()}
        pages = build_site(options.output, further)
    except (NotASite, BrokenLink, VendorError, OSError) as error:
        print(f"website: {error}", file=sys.stderr)
        return 2
    print(f"{pages} pages in {options.output}: python -m http.server -d {options.output}")
    return 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m website", description="Build the documentation and the playground."
    )
    add = parser.add_argument
    add("--output", type=Path, default=ROOT / "site", metavar="FOLDER", help="default: site")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())

"""Labels of Mermaid."""

import re


def decoded(label: str) -> list[str]:
    """The lines of a label of Mermaid."""
    return [
        re.sub(r"#(\d+);", lambda found: chr(int(found[1])), line) for line in label.split("<br/>")
    ]

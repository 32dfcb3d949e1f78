"""Names of a file as identifiers of Python."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Collection, Container, Iterator
from itertools import count

RESERVED = frozenset(
    (*keyword.kwlist, *keyword.softkwlist, *dir(builtins), "self", "cls", "math", "torch", "nn")
)
"""Names that no variable of generated code may have."""

VARIABLES = RESERVED | {"F", "keras", "layers", "name", "ops", "x"}
"""Names that no variable of a file may have in generated code."""

MAX_LENGTH = 60
"""The characters of an identifier; longer names are cut off."""


def identifier(name: str, reserved: Container[str] = RESERVED, prefix: str = "m") -> str:
    """A name of a step or a variable as an identifier.

    Other characters than letters, digits and underscores become underscores, so that nothing in a
    name is code.

    >>> identifier("conv1"), identifier("3a"), identifier("class"), identifier("a-b.c")
    ('conv1', 'm_3a', 'class_', 'a_b_c')
    >>> identifier("__import__('os')"), identifier("\u4e2d"), identifier("__init__")
    ('import_os', 'm', 'init')
    """
    found = re.sub(r"_*[^A-Za-z0-9_]+_*", "_", name)[:MAX_LENGTH].strip("_")
    if not found:
        return prefix
    if found[0].isdigit():
        found = f"{prefix}_{found}"
    return f"{found}_" if found in reserved else found


def with_prefix(name: str | None, prefix: str) -> str:
    """A name that begins with a digit, after what it is the name of; "" if there is none.

    >>> with_prefix("3a", "inception"), with_prefix("stem", "unit"), with_prefix(None, "unit")
    ('inception_3a', 'stem', '')
    """
    return f"{prefix}_{name}" if name and name[0].isdigit() else name or ""


def class_name(name: str, prefix: str = "Net") -> str:
    """A name as that of a class.

    >>> class_name("conv_bn"), class_name("resnet50"), class_name("1x1 conv"), class_name("U-Net")
    ('ConvBn', 'Resnet50', 'Net1x1Conv', 'UNet')
    >>> class_name("\u4e2d"), class_name("none")
    ('Net', 'None_')
    """
    words = re.split(r"[^A-Za-z0-9]+", name[: 2 * MAX_LENGTH])
    found = "".join(word[:1].upper() + word[1:] for word in words)[:MAX_LENGTH]
    if not found or found[0].isdigit():
        found = prefix + found
    return f"{found}_" if found in RESERVED else found


def unused(wanted: str, taken: Collection[str]) -> str:
    """The name itself, or with the first number that makes it new.

    >>> unused("conv", {"relu"}), unused("conv", {"conv", "conv2"})
    ('conv', 'conv3')
    """
    return next(name for name in numbered(wanted) if name not in taken)


def numbered(name: str) -> Iterator[str]:
    yield name
    separator = "_" if name[-1:].isdigit() else ""
    yield from (f"{name}{separator}{number}" for number in count(2))


def plural(name: str) -> str:
    """The name of a list of what has this name.

    >>> plural("stage"), plural("features"), plural("branch"), plural("")
    ('stages', 'features', 'branches', 'layers')
    """
    if not name:
        return "layers"
    if name.endswith(("ch", "sh", "x")):
        return f"{name}es"
    return name if name.endswith("s") else f"{name}s"


def singular(name: str) -> str:
    """The name of an entry of a list with this name; "" if there is none.

    >>> singular("sizes"), singular("branches"), singular("boxes"), singular("x")
    ('size', 'branch', 'box', '')
    """
    if name.endswith(("ches", "shes", "xes")):
        return name[:-2]
    return name[:-1] if name.endswith("s") and not name.endswith("ss") else ""


def list_name(name: str) -> str:
    """The name of a list of values that each have this name: another one.

    >>> list_name("stage"), list_name("features")
    ('stages', 'all_features')
    """
    found = plural(name)
    return found if found != name else f"all_{name}"

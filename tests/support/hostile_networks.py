"""Networks with names of all kinds wherever a file has one: those of Python, of frameworks, code.

`network_text` writes one network with given names.
"""

from __future__ import annotations

import builtins
import keyword
from collections.abc import Sequence

from hypothesis import strategies as st

from cnncalc.document import COMMON_KEYS, STRUCTURES
from cnncalc.expression.reference import is_name
from cnncalc.layers import LAYERS
from cnncalc.parser.reading.vocabulary import is_variable_name

from .hostile import IN_FILES, quoted

OF_GENERATED_CODE = (
    *("torch", "nn", "F", "f", "math", "keras", "layers", "ops", "x", "y", "i", "name", "inputs"),
    *("self", "cls", "super", "forward", "training", "channels", "in_channels", "out_channels"),
    *("net", "Net", "module", "Sequential", "conv2d", "branches", "residual", "input_shape"),
    *("range", "zip", "enumerate", "len", "int", "tuple", "scale", "pad_for_max", "_v0", "index"),
)
"""Names that generated code has itself."""

CODE = (
    '"""\nimport os\nos.system("x")\n"""',
    "'''; import os #",
    '\\"""',
    "\\",
    "x: __import__('os')",
    "{__import__('os')}",
    "{name}",
    "{{x}}",
    "%s",
    "__class__",
    "__init__",
    "a; b",
    "#",
    "a\\\nb",
    "f'{x}'",
    "lambda: os",
)
"""Texts that would be code in a string or a comment that is not closed."""

RESERVED = {*LAYERS, *STRUCTURES, *COMMON_KEYS, "input"}
"""Words that no step can be named."""

WORDS = (*OF_GENERATED_CODE, *CODE, *IN_FILES, *keyword.kwlist, *dir(builtins))


def name_of_step(text: str) -> str:
    """A name that a step can have, of a text that may have marks of references."""
    kept = "".join(mark for mark in text if mark not in ".[]*()," and mark.isprintable()).strip()
    is_free = is_name(kept) and kept not in RESERVED
    return kept if is_free else f"n{kept}".strip()


VARIABLE_NAMES = st.one_of(
    st.sampled_from([word for word in WORDS if is_variable_name(word)]),
    st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,8}", fullmatch=True),
).filter(lambda name: is_variable_name(name) and name not in RESERVED)

STEP_NAMES = st.one_of(
    st.sampled_from(WORDS), st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
).map(name_of_step)

TITLES = st.one_of(
    st.sampled_from([*CODE, *IN_FILES]), st.text(st.characters(exclude_categories=["Cs"]))
).filter(lambda text: text.strip() != "")

OF_VARIABLES = (
    *("size", "sizes", "count", "flag", "block", "two", "out", "stride", "width", "one", "other"),
    "variant",
)
OF_STEPS = (
    *("image", "stem", "inner", "stage", "repeated", "left", "right", "total", "group", "last"),
    *("aux", "again", "head"),
)
"""The names in NETWORK."""


NETWORK = """\
name: {title}
source: {title}
task: {title}
input: {{{image}: 3x8x8}}
vars: {{"{size}": 4, "{sizes}": [4, 6], "{count}": 2, "{flag}": true}}
blocks:
  "{block}":
    params: ["{out}", "{stride}=1"]
    let: {{"{width}": "{out} * 2"}}
    layers:
      - {{conv: "{width}", kernel: 3, stride: "{stride}", padding: 1, name: {inner}}}
      - bn
      - {{conv: "{out}"}}
      - {{add: [[{{conv: "{out}"}}, relu], []]}}
  "{two}":
    params: ["{out}"]
    inputs: ["{one}", "{other}"]
    layers: [{{concat: ["{one}", "{other}"], name: {total}}}, {{conv: "{out}"}}]
layers:
  - {{"{block}": "{size}", "{stride}": 1, name: {stem}}}
  - for: {{"{width}": "{sizes}"}}
    layers: [{{"{block}": "{width}"}}, relu]
    name: {stage}
  - {{conv: 6, repeat: "{count}", name: {repeated}}}
  - concat: {{{left}: [{{conv: 3}}, relu], {right}: [{{maxpool: 3, stride: 1, padding: 1}}]}}
  - {{layers: [{{conv: 5, name: {inner}}}, l2norm], name: {group}}}
  - {{maxpool: 3, stride: 1, padding: 1, when: "{flag}", name: {last}}}
  - {{"{two}": 5, from: [{stem}, {last}]}}
  - {{output: [{{conv: 2}}], name: {aux}, training_only: true}}
  - {{conv: 5{shared}, name: {again}}}
  - {{conv: 5{shared}}}
  - global_avgpool
  - {{linear: 3, name: {head}}}
variants: {{"{variant}": {{}}}}
"""
"""A file with names for everything that it can have one for."""


def network_text(title: str, variables: Sequence[str], steps: Sequence[str], tag: str) -> str:
    """A network with twelve names of variables and blocks, and thirteen of steps and inputs.

    With a `tag`, two layers share their weights.
    """
    names = {key: quoted(name) for key, name in zip(OF_STEPS, steps, strict=True)}
    names |= zip(OF_VARIABLES, variables, strict=True)
    shared = f", shared: {quoted(tag)}" if tag else ""
    return NETWORK.format(title=quoted(title), shared=shared, **names)


@st.composite
def network_texts(draw: st.DrawFn) -> str:
    """A file of `network_text` without errors."""
    variables = st.lists(
        VARIABLE_NAMES, min_size=len(OF_VARIABLES), max_size=len(OF_VARIABLES), unique=True
    )
    words = draw(variables)
    free = STEP_NAMES.filter(lambda name: name not in words)
    steps = st.lists(free, min_size=len(OF_STEPS), max_size=len(OF_STEPS), unique=True)
    tag = draw(st.sampled_from(["", *CODE]))
    return network_text(draw(TITLES), words, draw(steps), tag)

"""The core of the language server: texts and positions in, values out.

tests/test_lsp.py asks the server as an editor does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnncalc.check.file import check_file
from cnncalc.check.fixes import LineIndex
from cnncalc.engine import analyse
from cnncalc.language_server.completion import completion
from cnncalc.language_server.edited_file import EditedFile
from cnncalc.language_server.hints import hints
from cnncalc.language_server.hover import hover
from cnncalc.language_server.open_file import OpenFile
from cnncalc.language_server.outline import OutlineEntry, outline
from cnncalc.language_server.remedies import all_fixed, findings_of, remedies
from cnncalc.language_server.renaming import CannotRename, rename
from cnncalc.language_server.symbols import Symbol
from cnncalc.language_server.text_lines import Encoding, TextLines, TextPlace
from cnncalc.language_server.variant_lenses import variant_lenses
from cnncalc.lint.selection import select_rules
from cnncalc.lint.usage import all_steps, bodies
from cnncalc.parser import Request, build, read_document
from cnncalc.parser.yaml_nodes import YamlNode
from cnncalc.sources.text_edit import TextEdit, apply_edits

from .support.damage import damaged
from .support.paths import ARCHITECTURES, TESTS

BUNDLED = sorted(ARCHITECTURES.glob("*.yaml"))
RULES = select_rules(None, ())


def marked(text: str) -> tuple[str, TextPlace]:
    """A text without its mark `|`, and where that was."""
    before, _, after = text.partition("|")
    lines = before.split("\n")
    return before + after, TextPlace(len(lines), len(lines[-1]) + 1)


def edited(text: str, *later: str, variant: str | None = None) -> EditedFile:
    """A file after some edits of its text."""
    found = EditedFile(text, "a.yaml", variant)
    for newer in later:
        found = EditedFile(newer, "a.yaml", variant, found)
    return found


def with_hints(found: EditedFile) -> str:
    """The text of a file with its hints, each in its place."""
    lines = list(found.read.lines)
    for hint in sorted(hints(found), reverse=True):
        line, column = hint.place
        text = lines[line - 1]
        lines[line - 1] = f"{text[: column - 1]} «{hint.text}»{text[column - 1 :]}"
    return "\n".join(lines)


# Positions


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
@given(line=st.text(st.characters(exclude_characters="\r\n")), data=st.data())
def test_positions_are_counted_in_units(encoding: Encoding, line: str, data: st.DataObject) -> None:
    """As Python's own codecs count them; and back again."""
    column = data.draw(st.integers(0, len(line)))
    lines = TextLines(f"first\n{line}\r\nlast", encoding)
    unit = {"utf-8": 1, "utf-16": 2, "utf-32": 4}[encoding]
    codec = encoding if encoding == "utf-8" else f"{encoding}-le"
    expected = len(line[:column].encode(codec, "surrogatepass")) // unit
    assert lines.client_position(2, column + 1) == (1, expected)
    assert lines.place(1, expected) == TextPlace(2, column + 1)


def test_positions_after_the_text_are_its_end() -> None:
    lines = TextLines("a\nbc")
    assert lines.place(1, 99) == lines.place(5, 0) == TextPlace(2, 3)
    assert lines.client_position(9, 1) == (2, 0)


# Hints

HINTED = """\
input: 3x8x8
vars: {wide: true}
blocks:
  unit:
    params: [out, stride=1]
    layers:
      - {conv: out, kernel: 3, stride: stride, padding: 1} «2x  16x8x8 .. 32x4x4  5.81k»
      - relu «2x  16x8x8 .. 32x4x4»
layers:
  - conv: 8 «-> 8x8x8  224»
    kernel: 3
    padding: 1
  - {unit: 16} «-> 16x8x8  1.17k»   # a comment
  - {unit: [32, 2]} «-> 32x4x4  4.64k»
  - {relu: , when: not wide} «skipped»
  - {conv: 32, kernel: 1, repeat: 3, bias: false} «3x  32x4x4  3.07k»
  - add: «-> 32x4x4»
      - [{conv: 32, kernel: 1} «-> 32x4x4  1.06k», relu «-> 32x4x4»]
      - []
  - {chunk: 4, name: parts} «-> 8x4x4 + 8x4x4 + 8x4x4 + 1 more»
  - {from: parts.0}
  - flatten «-> 128»
  - linear: 10 «-> 10  1.29k»
"""
# By hand: 3x3x3x8 + 8; 3x3x8x16 + 16 and 3x3x16x32 + 32, of which 5.81k is the sum; three kernels
# of 32x32; 32x32 + 32; 128x10 + 10.


def test_hints_of_every_step() -> None:
    text = re.sub(" «[^»]*»", "", HINTED)
    assert with_hints(edited(text)) == HINTED


def test_hints_stay_while_the_text_is_broken() -> None:
    """Those of unchanged lines move with them; a new line has none."""
    text = re.sub(" «[^»]*»", "", HINTED)
    broken = text.replace("  - {unit: 16}", "  - {conv: [\n  - {unit: 16}")
    found = edited(text, broken, broken.replace("{conv: [", "{conv: [8"))
    assert found.read.document is None
    expected = HINTED.replace("  - {unit: 16}", "  - {conv: [8\n  - {unit: 16}")
    assert with_hints(found) == expected
    assert with_hints(edited(broken)) == broken  # there were none before


def test_hints_before_an_error_are_new() -> None:
    """And those after it the last ones."""
    text = "input: 3x8x8\nlayers:\n  - {conv: 8, kernel: 1}\n  - relu\n  - flatten\n"
    wrong = text.replace("conv: 8", "conv: 16").replace("relu", "rel")
    assert with_hints(edited(text, wrong)) == (
        "input: 3x8x8\nlayers:\n  - {conv: 16, kernel: 1} «-> 16x8x8  64»\n"
        "  - rel «-> 8x8x8»\n  - flatten «-> 512»\n"
    )


@pytest.mark.parametrize("path", BUNDLED, ids=lambda path: path.stem)
def test_hints_have_the_params_of_the_network(path: Path) -> None:
    """Each layer is counted once at its own step; totals count each shared weight once."""
    found = EditedFile(path.read_text("utf-8"), path.name)
    assert found.analysis is not None
    own = {index for numbers in found.layers_at.values() for index in numbers}
    assert own == set(range(len(found.analysis.layers)))
    places = [hint.place for hint in hints(found)]
    assert len(set(places)) == len(places)
    words = [found.read.lines[hint.word.line - 1] for hint in hints(found)]
    assert all(words)


def test_hints_are_of_the_chosen_variant() -> None:
    text = (
        "vars: {n: 4}\ninput: 3x8x8\nlayers: [{conv: n}]\n"
        "variants: {small: {}, large: {vars: {n: 9}}}\n"
    )
    texts = {
        variant: [hint.text for hint in hints(edited(text, variant=variant))]
        for variant in (None, "small", "large", "unknown")
    }
    small = ["-> 4x8x8  16"]
    assert texts == {None: small, "small": small, "large": ["-> 9x8x8  36"], "unknown": small}


def test_lenses_choose_the_other_variants() -> None:
    text = "input: 3x8x8\nlayers: [relu]\nvariants:\n  small: {}\n  large: {}\n"
    found = {
        variant: [(lens.span.line, lens.variant) for lens in variant_lenses(edited(text, **given))]
        for variant, given in ((None, {}), ("large", {"variant": "large"}))
    }
    assert found == {None: [(4, None), (5, "large")], "large": [(4, "small"), (5, None)]}


# Names

NAMES = """\
input: {left: 3x8x8, right: 3x8x8}
vars:
  width: 8
  twice: 2 * width
blocks:
  unit:
    params: [out, kernel=width]
    let: {half: out // 2}
    inputs: [first, rest.*]
    layers:
      - {conv: half, kernel: kernel, padding: kernel // 2, from: first, name: reduce}
      - {conv: out, kernel: 1, when: channels(reduce) > 2}
layers:
  - {unit: width, kernel: 3, from: [left, right], name: head}
  - for: {k: 3}
    layers:
      - {relu: , name: act}
      - {add: [[], "tail[k - 1].act"], when: k > 0}
    name: tail
  - concat: {up: [relu, {unit: [twice, 1], from: [head, left]}], flat: head.reduce}
  - {unit: [8]}
variants:
  small: {vars: {width: 4}, expect: {layers: {tail.0.act: {params: 0}}}}
"""
USES = {
    "left": ["input: {|left", "from: [|left, right", "from: [head, |left"],
    "width": [
        "  |width: 8",
        "2 * |width",
        "kernel=|width",
        "{unit: |width",
        "{vars: {|width: 4",
    ],
    "twice": ["  |twice: 2", "[|twice, 1]"],
    "unit": ["  |unit:\n", "{|unit: width", "{|unit: [twice", "  - {|unit: [8]"],
    "out": ["params: [|out", "half: |out //", "{conv: |out, kernel: 1"],
    "kernel": [
        "[out, |kernel=width",
        "kernel: |kernel, padding",
        "padding: |kernel //",
        "width, |kernel: 3",
    ],
    "half": ["{|half: out", "{conv: |half"],
    "first": ["inputs: [|first", "from: |first, name"],
    "reduce": ["name: |reduce}", "channels(|reduce)", "flat: head.|reduce"],
    "head": ["name: |head}", "from: [|head, left", "flat: |head.reduce"],
    "k": ["for: {|k: 3", "tail[|k - 1]", "when: |k > 0"],
    "act": ["name: |act}", "1].|act", "tail.0.|act"],
    "tail": ["name: |tail\n", '"|tail[k', "{|tail.0.act"],
}


def place_of(text: str, around: str) -> TextPlace:
    """The position of the mark in a part of a text, which is in it once."""
    part = around.replace("|", "")
    assert text.count(part) == 1, part
    return marked(text.replace(part, around))[1]


@pytest.mark.parametrize("name", USES)
def test_every_use_leads_to_the_definition(name: str) -> None:
    found = edited(NAMES)
    places = [place_of(NAMES, around) for around in USES[name]]
    for place in places:
        at = found.symbols.at(place)
        assert at is not None, (name, place)
        definitions = [TextPlace(span.line, span.column) for span in at[1].definitions]
        assert definitions == places[:1]
        assert [TextPlace(span.line, span.column) for span in at[1].spans] == sorted(places)


def test_names_with_the_same_spelling_are_not_confused() -> None:
    """`relu` is a kind and not a name; the `kernel` of a layer is not the parameter."""
    found = edited(NAMES)
    for around in ("{|relu: ", "half, |kernel: kernel", "{|conv: out"):
        assert found.symbols.at(place_of(NAMES, around)) is None


@pytest.mark.parametrize("path", BUNDLED, ids=lambda path: path.stem)
def test_all_names_of_a_file_can_be_changed(path: Path) -> None:
    """A file in which every name of its own is another one has the same numbers.

    A name that is missed somewhere would be unknown there.
    """
    text = path.read_text("utf-8")
    found = EditedFile(text, "a.yaml")
    lines, edits = LineIndex(text), []
    for symbol in changeable(found):
        for span in symbol.spans:
            start = lines.offset(span.line - 1, span.column - 1)
            edits.append(TextEdit(start, start + len(symbol.name), new_name(symbol)))
            assert text[start : start + len(symbol.name)] == symbol.name
    changed = read_document(apply_edits(text, edits).encode(), "a.yaml")
    assert changed.problems == ()
    for variant in (changed.variants or (None,))[:2]:
        network = build(changed, Request(variant)).network
        before = build(found.read, Request(variant)).network
        assert network is not None and before is not None
        assert analyse(network).totals[:6] == analyse(before).totals[:6]


def changeable(found: EditedFile) -> list[Symbol]:
    """All symbols; but of blocks that variables hold, the arguments and steps are not followed."""
    document = found.read.document
    assert document is not None
    steps = [step for body in bodies(document) for step in all_steps(body)]
    if all(step.type != "variable" for step in steps):
        return found.symbols.symbols
    return [one for one in found.symbols.symbols if one.kind not in ("parameter", "step")]


def new_name(symbol: Symbol) -> str:
    return f"{symbol.name}_{symbol.kind}_x"


def test_renaming() -> None:
    for name, arounds in USES.items():
        found = edited(NAMES)
        new = apply_edits(NAMES, rename(found, place_of(NAMES, arounds[-1]), "other"))
        expected = NAMES
        for around in arounds:
            part = around.replace("|", "")
            expected = expected.replace(part, around.replace(f"|{name}", "other"))
        assert new == expected


@pytest.mark.parametrize(
    ("around", "new", "message"),
    [
        ("  |width: 8", "twice", "duplicate"),
        ("  |width: 8", "1a", "not a valid variable name"),
        ("  |width: 8", "a: b", "cannot be renamed"),
        ("params: [|out", "half", "already a parameter"),
        ("params: [|out", "kernel", "`kernel` is given twice"),
        ("name: |head}", "relu", "a layer or structure"),
        ("{|conv: out", "x", "there is no name of this file here"),
    ],
)
def test_what_cannot_be_renamed(around: str, new: str, message: str) -> None:
    with pytest.raises(CannotRename, match=message):
        rename(edited(NAMES), place_of(NAMES, around), new)


def test_a_name_that_would_be_another_is_not_given() -> None:
    """The parameter would hide the variable, which has another value."""
    text = "input: 3x8x8\nvars: {n: 4}\nblocks:\n  b: {params: [m=2], layers: [{conv: n + m}]}\n"
    text += "layers: [b]\n"
    with pytest.raises(CannotRename, match="another meaning"):
        rename(edited(text), place_of(text, "[|m=2]"), "n")


def test_a_file_with_errors_is_not_renamed() -> None:
    with pytest.raises(CannotRename, match="has errors"):
        rename(edited(NAMES.replace("relu, ", "rel, ")), place_of(NAMES, "  |width: 8"), "w")


# Hover


def hovered(text: str, variant: str | None = None) -> str:
    text, place = marked(text)
    found = hover(edited(text, variant=variant), place)
    return found.markdown if found else ""


def test_hover_explains_the_step_around_the_position() -> None:
    text = "input: 3x8x8\nlayers:\n  - conv: 4\n    ker|nel: 3\n  - {relu: , na|me: a}\n"
    argument = hovered(text.replace("na|me", "name"))
    assert argument.startswith("`kernel` of conv: a whole number")
    assert "default: `1`" in argument
    step = hovered(text.replace("ker|nel: 3", "kernel: |3").replace("na|me", "name"))
    # 3 channels at 3x3 positions for each of 4 filters, and 4 biases
    assert "4 x 3 x 3 x 3 | 108" in step and "conv 3x3, 4: 3x8x8 → 4x6x6" in step
    assert "relu" in hovered(text.replace("ker|nel", "kernel"))


def test_hover_of_a_step_in_a_block() -> None:
    found = hovered(
        "input: 3x8x8\nblocks:\n  b: {params: [n], layers: [{conv: n, kern|el: 1}, relu]}\n"
        "layers: [{b: 4, name: x}, {b: 8, name: y}]\n".replace("kern|el: 1", "kernel: 1|")
    )
    assert "The first of 2 layers of this step" in found
    assert "- x.conv1: 3x8x8 → 4x8x8\n- y.conv1: 4x8x8 → 8x8x8" in found


def test_hover_of_names() -> None:
    text = (
        "input: 3x8x8\nvars: {n: 4, m: n * 2}\nblocks: {b: {params: [k=3], layers: [{conv: k}]}}\n"
        "layers: [{conv: |m}, b]\nvariants: {small: {}, large: {vars: {n: 9}}}\n"
    )
    assert hovered(text) == "variable `m`\n\n8 in small"
    assert hovered(text, "large") == "variable `m`\n\n18 in large"
    assert hovered(text.replace("|m", "m").replace("conv: k", "conv: |k")) == (
        "parameter `k`\n\nof block b\n\n3"
    )


def test_hover_links_to_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "input: 3x8x8\nlayers: [{|conv: 4, kernel: 1}]\n"
    assert "](" not in hovered(text)
    monkeypatch.setenv("CNNCALC_DOCS", "https://example.org/cnncalc")
    link = "[conv in the documentation](https://example.org/cnncalc/layers.html#conv)"
    assert hovered(text).endswith(link)
    assert link in hovered(text.replace("|conv", "conv").replace("kernel", "ker|nel"))


def test_hover_has_no_markup_of_the_file() -> None:
    text = 'input: 3x8x8\nlayers: [{|relu: , name: "<img src=x>[a](https://x)"}]\n'
    found = hovered(text)
    assert "<img" not in found and "[a](" not in found


# Corrections


@pytest.mark.parametrize(
    ("text", "corrected"),
    [
        ("layers: [{conv: 4, kernal: 3}]", "layers: [{conv: 4, kernel: 3}]"),
        ("layers: [{cnv: 4, kernel: 3}]", "layers: [{conv: 4, kernel: 3}]"),
        ("vars: {width: 3}\nlayers: [{conv: 2 * widht}]", None),
        ("layers: [{relu: , name: early}, {add: [eraly, []]}]", None),
        ("layers: [{conv: 4, bias: true}, bn]", "layers: [{conv: 4, bias: false}, bn]"),
    ],
)
def test_corrections(text: str, corrected: str | None) -> None:
    """Of the word that the hint proposes, and of a safe fix."""
    text = f"input: 3x8x8\n{text}\n"
    found = [one for one in remedies(text, findings_of(text, "a.yaml", RULES)) if one.edits]
    new = apply_edits(text, found[0].edits)
    expected = text.replace("widht", "width").replace("eraly", "early")
    assert new == (f"input: 3x8x8\n{corrected}\n" if corrected else expected)
    errors = [one.problem for one in findings_of(new, "a.yaml", RULES)]
    assert not [one for one in errors if one.severity == "error"]


@pytest.mark.parametrize("path", sorted((TESTS / "networks" / "bad").glob("*.yaml")))
def test_corrections_of_many_mistakes_remove_the_problem(path: Path) -> None:
    data = path.read_bytes()
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return
    findings = findings_of(text, "a.yaml", ())
    for remedy in remedies(text, findings):
        problem = remedy.finding.problem
        new = findings_of(apply_edits(text, remedy.edits), "a.yaml", ())
        left = [(one.problem.message, one.problem.span.line) for one in new]
        assert (problem.message, problem.span.line) not in left


def test_all_safe_fixes() -> None:
    text = "input: 3x8x8\nlayers: [{conv: 4, kernel: 1}, bn, {conv: 4, kernel: 1}, bn]\n"
    fixed = apply_edits(text, all_fixed(text, "a.yaml", RULES))
    assert fixed.count("bias: false") == 2
    assert all_fixed(fixed, "a.yaml", RULES) == ()


# Completion


def proposed(text: str, last: str = NAMES) -> list[str]:
    """The words that are offered at the mark, after a text that could be read."""
    text, place = marked(text)
    found = completion(edited(last, text), place)
    assert found is not None
    return [one.text for one in found.proposals]


def test_completion_while_the_text_is_broken() -> None:
    tail = "  - {unit: width, name: last}\n"
    text = NAMES.replace("variants:", f"{tail}variants:")
    for line, offered, other in (
        ("  - {co|", "conv", "kernel"),
        ("  - co|", "concat", "kernel"),
        ("  - |", "maxpool", "padding"),
        ("  - {conv: 8, ker|", "kernel", "relu"),
        ("  - {conv: 8, kernel: 3, |", "padding", "kernel"),
        ("  - conv: 8\n    ker|", "kernel", "relu"),
        ("  - {conv: 8, padding: |", "same", "kernel"),
        ("  - {conv: tw|", "twice", "half"),
        ("  - {unit: 8, |", "kernel", "padding"),
        ("  - {add: [h|", "head", "half"),
        ("  - add: [[], head.|", "head.reduce", "kernel"),
        ("  - {relu: , from: |", "tail.act", "conv"),
        ("  - {concat: {up: [re|", "relu", "kernel"),
        ("  - {concat: {up: he|", "head", "kernel"),
        ("  - {relu: , w|", "when", "conv"),
    ):
        found = proposed(text.replace(tail, f"{line}\n"))
        assert offered in found and other not in found, line


@pytest.mark.parametrize(
    ("text", "offered", "other"),
    [
        ("|", "layers", "conv"),
        ("input: 3x8x8\nva|", "variants", "conv"),
        ("dtype: in|", "int8", "conv"),
        ("blocks:\n  unit:\n    pa|", "params", "conv"),
        ("blocks:\n  unit:\n    layers:\n      - {conv: [ha|", "half", "conv"),
        ("variants:\n  small:\n    ex|", "expect", "layers"),
        ("layers: [\nvariants:\n  small:\n    vars: {|", "width", "conv"),
        ("expect: {pa|", "params", "conv"),
        ("budget:\n  pe|", "peak_bytes", "conv"),
        ("layers: [\nvars:\n  a: min(w|", "width", "conv"),
    ],
)
def test_completion_outside_of_steps(text: str, offered: str, other: str) -> None:
    found = proposed(text)
    assert offered in found and other not in found


@pytest.mark.parametrize("text", ["# co|", "layers:\n  - relu  # co|", 'name: "co|'])
def test_no_completion_in_comments_and_texts(text: str) -> None:
    text, place = marked(text)
    assert completion(edited(NAMES, text), place) is None


@cache
def words_of(path: Path) -> list[tuple[TextPlace, str]]:
    """The ends of keys and words of steps in a file, with these words."""
    root = read_document(path.read_bytes(), "a.yaml").root
    assert root is not None
    return list(step_words(root, is_body=False))


def step_words(node: YamlNode, is_body: bool) -> Iterator[tuple[TextPlace, str]]:
    for item in node.items:
        if is_body and item.kind == "scalar" and item.text and item.plain:
            yield TextPlace(item.end_line, item.end_column), item.text
        for key, value in item.pairs if is_body else ():
            yield TextPlace(key.end_line, key.end_column), key.text
            if key.text == "from" and value.kind == "scalar" and value.plain:
                yield TextPlace(value.end_line, value.end_column), value.text
        yield from step_words(item, is_body)
    for key, value in node.pairs:
        yield from step_words(value, is_body=key.text == "layers")


@pytest.mark.parametrize("path", BUNDLED, ids=lambda path: path.stem)
def test_what_is_written_is_offered(path: Path) -> None:
    """Each word of a sample of the steps of bundled files, at its own place."""
    text = path.read_text("utf-8")
    found, words = EditedFile(text, "a.yaml"), words_of(path)
    for place, word in Random(path.name).sample(words, min(6, len(words))):
        offered = completion(found, place)
        assert offered is not None
        name = re.sub(r"\.\d+|\[.*?\]|\.\*", "", word)
        assert name in [one.text for one in offered.proposals], (place, word)


# The outline


def names_of(entries: tuple[OutlineEntry, ...] | list[OutlineEntry]) -> list[object]:
    return [[one.name, *names_of(one.children)] if one.children else one.name for one in entries]


def test_outline() -> None:
    assert names_of(outline(edited(NAMES))) == [
        "input",
        ["vars", "width", "twice"],
        ["blocks", ["unit", "reduce", "conv"]],
        ["layers", "head", ["tail", "act", "add"], ["concat", "relu", "unit"], "unit"],
        ["variants", "small"],
    ]


def test_ranges_of_the_outline_are_nested() -> None:
    """As the protocol requires: the word is in the whole, and that in the one around it."""

    def check(entries: tuple[OutlineEntry, ...] | list[OutlineEntry]) -> None:
        for one in entries:
            assert one.whole[:2] <= one.word[:2] and one.word[2:] <= one.whole[2:]
            for child in one.children:
                assert one.whole[:2] <= child.whole[:2] and child.whole[2:] <= one.whole[2:]
            check(one.children)

    for path in BUNDLED:
        check(outline(EditedFile(path.read_text("utf-8"), path.name)))


# Files of any kind


def test_other_yaml_is_left_alone() -> None:
    services = OpenFile("/x/services.yaml", "services:\n  web: {image: x}\n", 1)
    assert services.edited() is None and services.findings().findings == ()
    own = OpenFile("/x/net.cnn.yaml", "inp", 1)
    assert own.edited() is not None and own.findings().findings
    typed = OpenFile("/x/net.yaml", "input: 3x8x8\nlayers: [relu]\n", 1)
    assert typed.edited() is not None
    typed.change("lay", 2)  # it was an architecture
    assert typed.edited() is not None


def test_a_file_that_is_too_large_is_reported() -> None:
    large = OpenFile("/x/net.cnn.yaml", "#" * 5_000_001, 1)
    assert ["larger than" in one.problem.message for one in large.findings().findings] == [True]
    found = large.edited()
    assert found is not None and hints(found) == [] and outline(found) == []


FILES = [path.read_text("utf-8") for path in BUNDLED if path.stat().st_size < 5_000]


@given(seed=st.integers(0, 10**9))
def test_any_text_is_answered(seed: int) -> None:
    """Of a damaged file, and at any position."""
    random = Random(seed)
    text = random.choice(FILES)
    found = edited(text, damaged(random, text, FILES))
    lines = found.text.split("\n")
    line = random.randint(1, len(lines))
    place = TextPlace(line, random.randint(1, len(lines[line - 1]) + 1))
    hints(found)
    hover(found, place)
    outline(found)
    variant_lenses(found)
    if found.read.lines and line <= len(found.read.lines):
        completion(found, place)
    found.symbols.at(place)
    findings = findings_of(found.text, "a.yaml", RULES)
    checked = check_file(found.text.encode(), "a.yaml", RULES)
    assert checked is not None and checked.findings == findings
    for remedy in remedies(found.text, findings):
        apply_edits(found.text, remedy.edits)

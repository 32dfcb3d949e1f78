"""What is shown for the word or the step at a position, as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..datum import show
from ..documentation import page_url
from ..engine.analysis import Analysis
from ..escape import markdown as escaped
from ..explain import explain_group, explain_layers
from ..layers import LAYERS, layer_class
from ..layers.description import Docstring, default_text, parameter_description, signature
from ..named_tuple import NamedTuple
from ..parser import Request, variables_of
from ..parser.signature import signature_of
from ..parser.yaml_nodes import YamlNode
from ..problem import Span, count
from ..views.explain.markdown import group_markdown, layer_markdown
from .edited_file import EditedFile
from .hints import shapes_text
from .symbols import Symbol
from .text_lines import TextPlace, is_inside

MAX_CALLS = 12  # layers of one step that are listed


class HoverText(NamedTuple):
    """Markdown, and the text that it is about."""

    markdown: str
    span: Span


def hover(edited: EditedFile, place: TextPlace) -> HoverText | None:
    """A name, an argument, or the step around a position; None if there is none of them."""
    found = edited.symbols.at(place)
    if found is not None and found[1].kind not in ("step", "block", "input"):
        return HoverText(symbol_text(edited, found[1]), found[0])
    step = step_at(edited, place)
    if step is None:
        return None
    word, node = step
    return argument_hover(edited, place, word, node) or step_hover(edited, word)


# Steps


def step_at(edited: EditedFile, place: TextPlace) -> tuple[Span, YamlNode] | None:
    """The innermost step around a position: the span of its word, and its node."""
    best: tuple[tuple[int, int], Span, YamlNode] | None = None
    for word in {**edited.groups_at, **edited.layers_at}:
        node = edited.index.step(word)
        if node is None or not is_inside(place, visible_span(node)):
            continue
        start = (node.line, node.column)
        if best is None or start > best[0]:
            best = (start, word, node)
    return None if best is None else best[1:]


def visible_span(node: YamlNode) -> Span:
    """The text of a node: a block mapping ends with its last value, and not with the next line."""
    while not (node.kind == "scalar" or node.flow) and node.last is not None:
        last = node.last
        if last.kind == "scalar" or last.flow or last.last is None:
            return Span(node.line, node.column, last.end_line, last.end_column)
        inner = visible_span(last)
        return Span(node.line, node.column, inner.end_line, inner.end_column)
    return node.span


def step_hover(edited: EditedFile, word: Span) -> HoverText | None:
    """The numbers of a step with their formulas, and the page of its kind."""
    analysis = edited.analysis
    if analysis is None:
        return None
    groups, layers = edited.groups_at.get(word, []), edited.layers_at.get(word, [])
    if groups:
        parts = [group_markdown(explain_group(analysis, groups[0]))]
        kind = analysis.groups[groups[0]].group.kind
    elif layers:
        (explained,) = explain_layers(analysis, layers[:1])
        parts = [layer_markdown(explained, analysis)]
        kind = analysis.layers[layers[0]].node.layer.kind
    else:
        return None
    parts += [calls_text(analysis, layers)] if len(layers) > 1 and not groups else []
    parts += link(kind)
    return HoverText("\n\n".join(parts), word)


def calls_text(analysis: Analysis, numbers: Sequence[int]) -> str:
    """The layers of a step that is in a block or repeated."""
    nodes = [analysis.layers[number].node for number in numbers]
    lines = [
        f"- {escaped(node.path)}: {', '.join(map(str, node.input_shapes))}"
        f" → {shapes_text(node.shapes)}"
        for node in nodes[:MAX_CALLS]
    ]
    more = [f"- and {len(nodes) - MAX_CALLS:,} more"] if len(nodes) > MAX_CALLS else []
    title = f"The first of {count(len(nodes), 'layer')} of this step:"
    return "\n".join([title, "", *lines, *more])


def link(kind: str) -> list[str]:
    url = page_url(kind)
    return [f"[{escaped(kind)} in the documentation]({url})"] if url else []


# Arguments and names


def argument_hover(
    edited: EditedFile, place: TextPlace, word: Span, node: YamlNode
) -> HoverText | None:
    """The argument whose key is at a position, other than the word of the step."""
    for key, _ in node.pairs:
        is_word = (key.line, key.column) == (word.line, word.column)
        if is_inside(place, key.span) and not is_word:
            kind = kind_at(edited, word)
            text = argument_text(kind, key.text) if kind else ""
            return HoverText(text, key.span) if text else None
    return None


def kind_at(edited: EditedFile, word: Span) -> str:
    """The kind of the layers of a step; empty if there is none."""
    numbers = edited.layers_at.get(word)
    return edited.analysis.layers[numbers[0]].node.layer.kind if numbers and edited.analysis else ""


def argument_text(kind: str, name: str) -> str:
    """What an argument of a kind accepts; empty for one that it does not have."""
    field = layer_class(kind).fields.get(name)
    if field is None:
        return ""
    default = "required" if field.required else f"default: `{default_text(field)}`"
    accepted = f"`{name}` of {kind}: {parameter_description(field)}"
    return "\n\n".join([accepted, default, *link(kind)])


def kind_text(kind: str) -> str:
    """A kind of layers: its call and what it does."""
    cls = layer_class(kind)
    return "\n\n".join([f"`{signature(cls)}`", Docstring(cls.__doc__).summary])


def symbol_text(edited: EditedFile, symbol: Symbol) -> str:
    """A name with its value, if it has one in the whole file."""
    return "\n\n".join([f"{symbol.kind} `{symbol.name}`", *value_lines(edited, symbol)])


def value_lines(edited: EditedFile, symbol: Symbol) -> Iterator[str]:
    """The value of a variable in the shown variant, or the default of a parameter."""
    document = edited.read.document
    if document is None:
        return
    if symbol.kind == "variable":
        values = variables_of(edited.read, Request(edited.variant))
        if symbol.name in values:
            variant = f" in {escaped(edited.shown_variant)}" if edited.shown_variant else ""
            yield f"{escaped(show(values[symbol.name]))}{variant}"
    elif symbol.kind in ("parameter", "let"):
        for block in document.blocks.values():
            known = dict(block.lets) | block.params
            span = block.name_spans.get(symbol.name)
            if span is not None and span.line == symbol.definitions[0].line:
                text = known[symbol.name]
                yield f"of block {escaped(block.name)}"
                if text is not None:
                    yield escaped(text.text)


def block_text(edited: EditedFile, name: str) -> str:
    """A block with its parameters; empty if the file has no such block."""
    document = edited.read.document
    if document is None or name not in document.blocks:
        return kind_text(name) if name in LAYERS else ""
    block = document.blocks[name]
    words = [
        word if default is None else f"{word}={default.text}"
        for word, default in block.params.items()
    ]
    called = signature_of(block).example
    return f"block `{name}`\n\n`{', '.join(words)}`\n\n`{called}`"

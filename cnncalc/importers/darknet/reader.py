"""A configuration -> a Sketch."""

from __future__ import annotations

import os
from collections.abc import Sequence

from ...problem import did_you_mean
from ...shape import Shape
from ...sketch import Sketch, SketchOutput, SketchValue
from ..dependencies import needed
from ..errors import ImportFailed, InvalidModelFile, Unsupported
from ..file_formats import ReadOptions
from ..guard import reading
from ..text_files import bounded_text
from ..unsupported import UnsupportedOperator, refuse
from .context import DarknetContext, UnknownInput, UnstatedLayer
from .layers import HEADS, SECTIONS, TRAINING
from .scopes import SectionScopes
from .sections import CfgSection, read_sections

NO_PREVIOUS = frozenset(("route", "implicit", "implicit_add", "implicit_mul"))
REFERENCES = ("layers", "from", "share_index")


def read_darknet(path: str, options: ReadOptions) -> Sketch:
    """The network of a configuration.

    Raises InvalidModelFile, ImportFailed, and OSError.
    """
    network, *sections = read_sections(bounded_text(path))
    file = os.path.basename(path)
    name = options.name or file.removesuffix(".cfg")
    net = DarknetContext(input_shape(network, options), SectionScopes(sections))
    outputs = network_outputs(sections, options.output)
    unsupported = lower(net, sections, list(outputs.values()))
    if not options.is_custom_allowed:
        refuse(unsupported)
    made = tuple(
        SketchOutput(title if len(outputs) > 1 else "", known_output(net, index, unsupported))
        for title, index in outputs.items()
    )
    builder = net.builder
    layers, scopes, notes = tuple(builder.layers), tuple(net.scopes.all), tuple(net.notes)
    facts = (name, f"{file}, Darknet", builder.inputs, layers, scopes, made)
    return Sketch(*facts, {}, notes, has_tensors=False)


def known_output(
    net: DarknetContext, index: int, unsupported: Sequence[UnsupportedOperator]
) -> SketchValue:
    """The output of a section.

    Raises ImportFailed if its shape is not known, which `custom` does not help with.
    """
    try:
        return net.output_of(index)
    except UnknownInput:
        refuse(unsupported, is_custom_allowed=True)
        raise


# The input


def input_shape(network: CfgSection, options: ReadOptions) -> Shape:
    """The shape of the input: `[net]` states it, or the user.

    Raises InvalidModelFile if `[net]` has no sizes, ImportFailed for another input of the user.
    """
    if options.inputs:
        if len(options.inputs) > 1 or not options.inputs.keys() <= {"", "input"}:
            raise ImportFailed(
                "a Darknet network has one input: give its shape as --input 3x416x416"
            )
        return next(iter(options.inputs.values()))
    sizes = [network.integer(name) for name in ("channels", "height", "width")]
    if all(size > 0 for size in sizes):
        return Shape(sizes)
    inputs = network.integer("inputs")
    if inputs > 0:
        return Shape((inputs,))
    raise InvalidModelFile("[net] has neither `channels`, `height` and `width` nor `inputs`")


# The outputs


def network_outputs(sections: Sequence[CfgSection], wanted: str) -> dict[str, int]:
    """The sections whose outputs are those of the network, by name.

    These are the heads, and the last section if it comes after them.  `wanted` is one of the names,
    or the number of a section.  Raises ImportFailed for any other, InvalidModelFile without any.
    """
    if not sections:
        raise InvalidModelFile("the file has no layers")
    heads = [section.number for section in sections if section.kind in HEADS]
    last = max((s.number for s in sections if s.kind not in TRAINING), default=sections[-1].number)
    indices = heads if last in heads else [*heads, last]
    outputs = {f"{sections[index].kind.lower()}{index}": index for index in indices}
    if not wanted:
        return outputs
    if wanted in outputs:
        return {wanted: outputs[wanted]}
    if wanted.isascii() and wanted.isdigit() and len(wanted) < 9 and int(wanted) < len(sections):
        return {wanted: int(wanted)}
    hint = did_you_mean(wanted, list(outputs)) or f"it has {', '.join(outputs)}"
    message = f"the file has no output `{wanted}`: {hint}, or the number of a layer"
    raise ImportFailed(message)


# The sections


def lower(
    net: DarknetContext, sections: Sequence[CfgSection], outputs: Sequence[int]
) -> list[UnsupportedOperator]:
    """Add the layers of all sections that the outputs depend on; those that no layer states."""
    wanted = needed(outputs, lambda index: sources_of(sections[index]))
    unsupported: list[UnsupportedOperator] = []
    for section in sections:
        value = None
        if section.number in wanted:
            net.builder.scope = net.scopes.of_section[section.number]
            with reading(section.place):
                value = lower_section(net, section, unsupported)
        net.outputs.append(value)
    return unsupported


def sources_of(section: CfgSection) -> list[int]:
    """The sections that one reads; those before it alone."""
    found = [] if section.kind in NO_PREVIOUS or section.number == 0 else [section.number - 1]
    for name in REFERENCES:
        if name in section.options:
            found += section.indices(name)
    return found


def lower_section(
    net: DarknetContext, section: CfgSection, unsupported: list[UnsupportedOperator]
) -> SketchValue | None:
    """The output of a section; None if it is not known."""
    kind = f"[{section.kind}]"
    handler = SECTIONS.get(section.kind)
    try:
        if handler is None:
            raise Unsupported("not a section that is known")
        return handler(net, section)
    except UnknownInput:
        return None
    except UnstatedLayer as error:
        unsupported.append(UnsupportedOperator(kind, section.place, str(error)))
        operation = section.kind
        return net.builder.add_custom(
            operation, error.shape, error.inputs, str(error), error.owned, error.macs
        )
    except Unsupported as error:
        unsupported.append(UnsupportedOperator(kind, section.place, str(error)))
        return None

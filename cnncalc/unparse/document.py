"""A document -> the text of an architecture file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..document import TOP_KEYS, Block, Body, Document, Expectations, InputSpec, Metadata, Variant
from ..expression.expression import Expression
from ..network import Limit
from .layout import Tree, file_text
from .scalars import expression_tree, scalar
from .steps import StepWriter, reference_tree, types_tree


def unparse(document: Document) -> str:
    """The text of a file with this content, laid out as a person would write it.

    Reading it gives an equal document, except for positions.  Comments are not part of a document,
    and are lost.  Raises ValueError for a document of a file with errors in its steps.
    """
    if document.incomplete:
        raise ValueError("the document has steps that could not be read")
    return file_text(document_tree(document))


def document_tree(document: Document) -> dict[str, Tree]:
    """The keys of a file, in the order that files have them."""
    writer = StepWriter(frozenset(variable_names(document)))
    found = metadata_tree(document.metadata) | common_tree(document)
    if document.blocks:
        found["blocks"] = {
            scalar(name): block_tree(block, writer) for name, block in document.blocks.items()
        }
    found["layers"] = writer.steps(document.body)
    if document.variants:
        found["variants"] = {
            scalar(name): variant_tree(variant) for name, variant in document.variants.items()
        }
    return {key: found[key] for key in TOP_KEYS if key in found}


def common_tree(document: Document) -> dict[str, Tree]:
    """The keys that hold for all variants."""
    tree: dict[str, Tree] = {}
    if document.year is not None:
        tree["year"] = f"{document.year:04}"
    if document.task:
        tree["task"] = scalar(document.task)
    if document.dtype is not None:
        tree["dtype"] = types_tree(document.dtype)
    if document.vars:
        tree["vars"] = values_tree(document.vars)
    return tree


def variant_tree(variant: Variant) -> Tree:
    """What a variant changes."""
    tree = metadata_tree(variant.metadata)
    if variant.vars:
        tree["vars"] = values_tree(variant.vars)
    return {key: tree[key] for key in TOP_KEYS if key in tree}


def values_tree(values: Mapping[str, Expression]) -> dict[str, Tree]:
    """Names with their values, as in `vars` and `let`."""
    return {scalar(name): expression_tree(value.text) for name, value in values.items()}


# Blocks


def block_tree(block: Block, writer: StepWriter) -> Tree:
    tree: dict[str, Tree] = {}
    inputs = [*block.inputs, f"{block.rest}.*"] if block.rest is not None else [*block.inputs]
    if inputs:
        tree["inputs"] = list(map(scalar, inputs))
    if block.params:
        tree["params"] = [
            scalar(name if default is None else f"{name}={default.text}")
            for name, default in block.params.items()
        ]
    if block.lets:
        tree["let"] = values_tree(dict(block.lets))
    tree["layers"] = writer.steps(block.body)
    if block.outputs is not None:
        tree["outputs"] = [reference_tree(reference) for reference, _ in block.outputs]
    return tree


def variable_names(document: Document) -> Iterator[str]:
    """The names that some expression of a file can read."""
    yield from document.vars
    yield from names_bound_in(document.body)
    for block in document.blocks.values():
        yield from block.params
        yield from dict(block.lets)
        yield from names_bound_in(block.body)


def names_bound_in(body: Body | None) -> Iterator[str]:
    """The names that `for` and `across` bind in a list of steps."""
    for step in body.steps if body else ():
        yield from (name for name, _ in (*(step.bindings or ()), *(step.across or ())))
        yield from names_bound_in(step.body)
        for operand in step.operands:
            yield from names_bound_in(operand.body)


# Metadata


def metadata_tree(metadata: Metadata) -> dict[str, Tree]:
    """The keys that a file and a variant may both have."""
    tree: dict[str, Tree] = {}
    if metadata.name is not None:
        tree["name"] = scalar(metadata.name)
    if metadata.source is not None:
        tree["source"] = scalar(metadata.source)
    if metadata.input is not None:
        tree["input"] = input_tree(metadata.input)
    if metadata.expect != Expectations():
        tree["expect"] = expectations_tree(metadata.expect)
    if metadata.budget is not None or metadata.device_budget is not None:
        tree["budget"] = budget_tree(metadata)
    if metadata.accuracy is not None:
        tree["accuracy"] = {key: scalar(text) for key, text in metadata.accuracy.texts.items()}
    return tree


def budget_tree(metadata: Metadata) -> dict[str, Tree]:
    """`budget`: the limits, and the device with its own."""
    tree = {limit.number: limit_tree(limit) for limit in metadata.budget or ()}
    device = metadata.device_budget
    if device is not None:
        name = scalar(device.name)
        limits = {limit.key: scalar(limit.text) for limit in device.limits}
        tree["device"] = {"name": name, **limits} if limits else name
    return tree


def limit_tree(limit: Limit) -> Tree:
    """A limit; of a training step of more than one sample, with what the step is."""
    step = limit.step_texts
    return {"most": limit.most.text, **step} if step else limit.most.text


def input_tree(spec: InputSpec) -> Tree:
    """`input`: one shape, or several by name."""
    named = {
        scalar(name): expression_tree(shape.text) for name, shape in spec.shapes if name is not None
    }
    return named or expression_tree(spec.shapes[0][1].text)


def expectations_tree(expect: Expectations) -> Tree:
    """`expect`: the numbers of the network, and those of its steps under `layers`."""
    steps: dict[str, dict[str, Tree]] = {"": {}}
    steps |= {reference: {} for reference, _ in expect.references}
    for reference, shape, _ in expect.shapes:
        steps[reference]["output"] = expression_tree(shape.text)
    for one in expect.figures:
        steps[one.reference][one.number] = str(getattr(one.expected, "text", one.expected))
    tree: dict[str, Tree] = {**steps.pop("")}
    if steps:
        tree["layers"] = {scalar(reference): numbers for reference, numbers in steps.items()}
    return tree

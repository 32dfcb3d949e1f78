"""A network as the source of a function that builds a model of Keras."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from ...network import Network, Value
from ...parser import TracedNetwork
from ...problem import count as counted
from ..errors import NotStated, UnusableName
from ..formats import Exported, ExportOptions
from ..python.block_parameters import CodeParameter, check_distinct
from ..python.docstrings import network_docstring
from ..python.expressions import literal
from ..python.identifiers import VARIABLES, identifier
from ..python.sites import Binding, Site
from ..python.spelling import quoted
from ..python.translators import translators
from .builder import FunctionBuilder, keras_shape, layer_name
from .emission import module_text
from .export_state import FunctionPlan, KerasExport, kept_outputs
from .functions import block
from .group_steps import from_alone, group, output, when
from .join_steps import join
from .layer_steps import layer, only_or_list, variable
from .loop_steps import loop
from .unrolled import UnrolledNetwork
from .values import NamedValue

TRANSLATORS = translators(
    layer=layer,
    held_layer=variable,
    block=block,
    join=join,
    group=group,
    output=output,
    from_alone=from_alone,
    loop=loop,
    when=when,
)


def write_source(traced: TracedNetwork, options: ExportOptions) -> Exported:
    """The source of a network.  Raises ExportError if Keras cannot state it."""
    export = KerasExport(traced)
    export.check()
    name = function_name(export, options.class_name)
    plan: FunctionPlan | None = None
    if not options.is_flat:
        try:
            check_layer_names(export)
            plan = structured_plan(export, name)
        except NotStated as reason:
            export.reasons["the network"] = str(reason)
    content = module_text([*export.plans, plan or unrolled_plan(export, name)])
    return Exported(content, tuple(remarks(export)))


def function_name(export: KerasExport, wanted: str) -> str:
    """The name of the function of the network.  Raises UnusableName if it cannot have it."""
    if wanted and (identifier(wanted, VARIABLES) != wanted or wanted in export.taken):
        raise UnusableName(f"`{wanted}` is not a name for the function: write one such as my_net")
    return wanted or export.new_name(export.network.variant or export.network.name.lower())


def check_layer_names(export: KerasExport) -> None:
    """Raise NotStated if several layers would have one name: `a.b_c` and `a_b.c`."""
    counts = Counter(layer_name(node.path) for node in export.network.nodes)
    name, most = counts.most_common(1)[0] if counts else ("", 1)
    if most > 1:
        raise NotStated(f"{name} would be the name of several layers")


def remarks(export: KerasExport) -> Iterator[str]:
    """The parts of a file that are not written as blocks, and why; what is not written."""
    for name, reason in export.reasons.items():
        yield f"{name} is written step by step: {reason}"
    if export.network.training_outputs:
        yield "the outputs of training are not exported: a model of Keras has the same outputs"
    count = len(unread_layers(export.network))
    if count:
        yield f"{counted(count, 'layer')} that no output depends on: a model of Keras omits them"


def unread_layers(network: Network) -> set[int]:
    """The layers with weights that no output depends on, without those of training."""
    read = {network.outputs[name].node for name in kept_outputs(network)}
    found: set[int] = set()
    for index, node in reversed(list(enumerate(network.nodes))):
        if index in read:
            read |= {value.node for value in node.inputs}
        elif node.layer.weights(*node.input_shapes) and not node.training_only:
            found.add(index)
    return found


# The function of the network


def structured_plan(export: KerasExport, name: str) -> FunctionPlan:
    """The function of the network, with those of the blocks in `plans`.  Raises NotStated."""
    network = export.network
    check_distinct([identifier(one, VARIABLES) for one in export.variables])
    builder = FunctionBuilder(export, TRANSLATORS, {}, is_network=True)
    names = export.block_words()
    names |= {
        identifier(one, VARIABLES): export.word(value, 2) for one, value in export.variables.items()
    }
    site = Site(names, export.occurrences)
    builder.paths[site] = ""
    flows = []
    for index, (input_name, shape) in enumerate(network.inputs.items()):
        hint = "inputs" if input_name == "input" else input_name
        flow = builder.value(hint, {site: Value(-1 - index, None, shape)}, is_named=True)
        builder.bind(input_name, Binding((flow,)))
        flows.append(flow)
    if len(flows) == 1:
        builder.bind("input", Binding((flows[0],)))
    builder.start = tuple(flows[:1])
    first = tuple(flows) if len(flows) == 1 else ()
    found = builder.body(export.document.body, [site], first)
    codes = {flow.at(site): builder.code(flow) for flow in (*builder.output_flows, *found)}
    outputs = []
    for output_name in kept_outputs(network):
        value = network.outputs[output_name]
        if value not in codes:
            raise NotStated(f"the output {output_name}")
        outputs.append(codes[value])
    lines = list(builder.lines.texts())
    parameters = tuple(
        CodeParameter(identifier(one, VARIABLES), literal(value))
        for one, value in export.variables.items()
        if one in builder.variables
    )
    return model_plan(
        export, name, parameters, lines, list(map(builder.code, flows)), outputs, builder.values
    )


def unrolled_plan(export: KerasExport, name: str) -> FunctionPlan:
    """The function of the network step by step, with calls of the functions of blocks."""
    writer = UnrolledNetwork(export)
    inputs = [writer.input(index, one) for index, one in enumerate(export.network.inputs)]
    writer.add(export.occurrences)
    outputs = [writer.code(export.network.outputs[one]) for one in kept_outputs(export.network)]
    return model_plan(export, name, (), writer.lines, inputs, outputs, writer.values)


def model_plan(
    export: KerasExport,
    name: str,
    parameters: tuple[CodeParameter, ...],
    lines: Sequence[str],
    inputs: Sequence[str],
    outputs: Sequence[str],
    values: Mapping[str, NamedValue],
) -> FunctionPlan:
    """The function that makes the inputs, the layers and the model."""
    network = export.network
    made = []
    pairs = zip(inputs, network.inputs.items(), strict=True)
    shapes: list[CodeParameter] = []
    for code, (input_name, shape) in pairs:
        size = literal(keras_shape(shape)[1:])
        if len(inputs) == 1:
            shapes.append(CodeParameter("input_shape", size))
            size = "input_shape"
        options = [size]
        if len(inputs) > 1:
            options.append(f"name={quoted(layer_name(input_name))}")
        if is_index(network, input_name):
            options.append('dtype="int32"')
        made.append(f"{code} = keras.Input({', '.join(options)})")
    ends = f"{only_or_list(inputs)}, {only_or_list(outputs)}"
    returned = f"return keras.Model({ends}, name={quoted(name)})"
    everything = (*made, *lines, returned)
    docstring = network_docstring(network)
    return FunctionPlan(name, (*parameters, *shapes), docstring, everything, values)


def is_index(network: Network, name: str) -> bool:
    """Whether an input has indices of an embedding."""
    number = -1 - list(network.inputs).index(name)
    readers = [node for node in network.nodes if any(v.node == number for v in node.inputs)]
    return bool(readers) and all(node.layer.kind == "embedding" for node in readers)

"""A network as the source of a PyTorch module."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ...named_tuple import NamedTuple
from ...network import Network, Value
from ...parser import TracedNetwork
from ..errors import NotStated, UnusableName
from ..formats import Exported, ExportOptions
from ..python.block_parameters import CodeParameter, check_distinct
from ..python.docstrings import network_docstring
from ..python.expressions import literal
from ..python.identifiers import VARIABLES, class_name, identifier
from ..python.layout import formatted
from ..python.sites import Binding, Channels, Flows, Site, ValueFlow, Variable
from ..python.translators import translators
from .block_steps import block
from .builder import ClassBuilder
from .constructor_names import check_plan
from .emission import class_lines
from .flat import flat_plan
from .group_steps import from_alone, group, output, when
from .helpers import needed
from .join_steps import join
from .layer_steps import layer, variable
from .loop_steps import loop
from .module import BlockClass, Export, LayerGraph
from .nested import nested_plan
from .program import ClassPlan

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


def structured_plans(export: Export, name: str, docstring: str) -> list[ClassPlan]:
    """The classes of the blocks and of the network.  Raises NotStated."""
    network = export.network
    check_distinct([identifier(one, VARIABLES) for one in export.variables])
    builder = ClassBuilder(export, TRANSLATORS, {}, is_network=True)
    names = export.block_words()
    names |= {identifier(one, VARIABLES): value for one, value in export.variables.items()}
    site = Site(names, export.occurrences)
    inputs = list(network_inputs(network, site))
    for (input_name, _), flow in zip(network.inputs.items(), inputs, strict=True):
        builder.bind(input_name, Binding((flow,)))
    if len(inputs) == 1:
        builder.bind("input", Binding((inputs[0],)))
    first = tuple(inputs) if len(inputs) == 1 else ()
    flows = builder.body(export.document.body, [site], first)
    outputs, training = output_variables(network, builder, flows, site)
    plan = ClassPlan(
        name,
        docstring,
        tuple(network_parameters(export, builder)),
        (),
        tuple(builder.steps),
        tuple(flow.variable for flow in inputs),
        outputs,
        training,
        keeps_names=True,
    )
    check_plan(plan, {*export.class_names, *export.helpers})
    return [*(finished(export, one) for one in export.plans), plan]


def finished(export: Export, plan: ClassPlan) -> ClassPlan:
    """The class of a block, with `out_channels` if that is read."""
    known = [one for one in export.classes.values() if isinstance(one, BlockClass)]
    texts = {one.plan.name: one.attribute for one in known if one.plan.name in export.with_channels}
    return plan._replace(out_channels=texts.get(plan.name, ""))


def network_inputs(network: Network, site: Site) -> Iterator[ValueFlow]:
    for index, (name, shape) in enumerate(network.inputs.items()):
        value = Value(-1 - index, None, shape)
        yield ValueFlow(Variable(name), {site: value}, Channels(str(shape.channels)))


def output_variables(
    network: Network, builder: ClassBuilder, flows: Flows, site: Site
) -> tuple[tuple[Variable, ...], tuple[Variable, ...]]:
    """The outputs of a network, and those that exist in training only."""
    flowing = {flow.at(site): flow.variable for flow in (*builder.output_flows, *flows)}
    kept: list[Variable] = []
    training: list[Variable] = []
    for name, value in network.outputs.items():
        if value not in flowing:
            raise NotStated(f"the output {name}")
        (training if name in network.training_outputs else kept).append(flowing[value])
    return tuple(kept), tuple(training)


def network_parameters(export: Export, builder: ClassBuilder) -> Iterator[CodeParameter]:
    """The variables of the file that the code reads, with their values."""
    for name, value in export.variables.items():
        if name in builder.variables:
            yield CodeParameter(identifier(name, VARIABLES), literal(value))


class NetworkSource(NamedTuple):
    """The source of a network, and the name of its class."""

    content: str
    class_name: str


def network_source(network: Network, wanted: str = "") -> NetworkSource:
    """The source of a network, layer by layer.  Raises ExportError if PyTorch cannot state it."""
    graph = LayerGraph(network)
    title = network_class(graph, wanted)
    plan = flat_plan(graph, title, network_docstring(network))
    return NetworkSource(module_text(graph, [plan]), title)


def write_source(traced: TracedNetwork, options: ExportOptions) -> Exported:
    """The source of a network.  Raises ExportError if PyTorch cannot state it."""
    if options.is_flat:
        return Exported(network_source(traced.network, options.class_name).content)
    docstring = network_docstring(traced.network)
    for names_modules in (False, True):
        export = Export(traced, names_modules=names_modules)
        title = network_class(export, options.class_name)
        try:
            plans = structured_plans(export, title, docstring)
            if not export.decided <= export.fixed:
                export = Export(traced, names_modules=names_modules, decided=export.decided)
                plans = structured_plans(
                    export, network_class(export, options.class_name), docstring
                )
            break
        except NotStated as reason:
            export.reasons["the network"] = str(reason)
    else:
        whole = nested_plan(export, TRANSLATORS, title, docstring)
        plans = [*(finished(export, one) for one in export.plans), whole]
    return Exported(module_text(export, plans), tuple(remarks(export)))


def network_class(graph: LayerGraph, wanted: str) -> str:
    """The name of the class of the network.  Raises UnusableName if it cannot have it."""
    network = graph.network
    if wanted and (class_name(wanted) != wanted or wanted in graph.class_names):
        better = class_name(wanted) if class_name(wanted) not in {wanted, "Net"} else "MyNet"
        raise UnusableName(f"`{wanted}` is not a name for the class: write {better}")
    return graph.new_class_name(wanted or network_class_name(network.name, network.variant))


def network_class_name(name: str, variant: str | None) -> str:
    """The name of a variant, with the capitals that the name of the network has.

    >>> network_class_name("ResNet", "resnet50"), network_class_name("MobileNetV3", "mobilenet_v3")
    ('ResNet50', 'MobileNetV3')
    """
    whole = class_name(name)
    if variant is None:
        return whole
    own = class_name(variant)
    if own.lower().startswith(whole.lower()):
        return whole + own[len(whole) :]
    return own


def remarks(export: Export) -> Iterator[str]:
    """The parts of a file that are not written as blocks, and why."""
    for name, reason in export.reasons.items():
        yield f"{name} is written step by step: {reason}"


def used_classes(plans: Sequence[ClassPlan]) -> list[str]:
    """The code of the classes that the last one makes, directly or through others."""
    codes = {plan.name: "\n".join(class_lines(plan)) for plan in plans}
    used = {plans[-1].name}
    for plan in reversed(plans):
        if plan.name in used:
            words = set(re.findall(r"\w+", codes[plan.name]))
            used |= words & set(codes)
    return [codes[plan.name] for plan in plans if plan.name in used]


def module_text(graph: LayerGraph, plans: Sequence[ClassPlan]) -> str:
    """The whole module: imports, functions, classes."""
    code = "\n".join(used_classes(plans))
    helpers = list(needed(code, graph.helpers))
    everything = "\n".join([code, *helpers])
    imports = [
        "import math\n" if "math." in everything else "",
        "import torch" if "torch." in everything.replace("torch.nn", "") else "",
        "import torch.nn.functional as F" if "F." in everything else "",
        "from torch import nn",
    ]
    head = "\n".join(line for line in imports if line)
    return "\n\n\n".join([head, *(helper.rstrip() for helper in helpers), formatted(code)])

"""The translation of steps that are layers."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence

from ...datum import Datum
from ...document import Step
from ...layers import layer_class
from ...network import Node
from ...parser.signature import layer_signature
from ..errors import NotStated
from ..python.argument_texts import ArgumentTexts, LayerPlace, Wanted, checked_inputs, is_frozen
from ..python.arguments import ModuleArgument, ModuleForm
from ..python.evaluation import parsed, value_of
from ..python.expressions import names_in, renamed
from ..python.sites import Binding, Channels, Flows, Site, Sites, ValueFlow, Variable
from ..python.texts import whole_text
from .builder import ClassBuilder
from .flat import frozen
from .layers.form import TorchForm
from .module import Export
from .program import ExpressionStep, Make, ModuleStep, ParameterStep

HINTS = {
    "global_avgpool": "avgpool",
    "global_maxpool": "maxpool",
    "adaptive_avgpool": "avgpool",
    "adaptive_maxpool": "maxpool",
    "linear": "fc",
    "conv_transpose": "upconv",
    "hardswish": "act",
    "identity": "identity",
}
"""The names of attributes for layers without a name, if they are not the kind."""


def layer(builder: ClassBuilder, step: Step, sites: Sites, flows: Flows) -> Flows:
    """A layer of the catalogue."""
    return held_layer(builder, step, "", sites, flows)


def held_layer(builder: ClassBuilder, step: Step, holder: str, sites: Sites, flows: Flows) -> Flows:
    """A layer, whose class a variable of the constructor may hold: `holder` in the file."""
    held = builder.local.get(holder, "")
    if held:
        builder.used.add(holder)
    nodes = {site: builder.export.node(site.one_of(step)) for site in sites}
    running = flows
    if layer_class(step.word).arity == (0, 0):
        flows = ()
    flows = builder.unlisted(flows, sites)
    flows = checked_inputs(builder, step, nodes, flows, sites)
    place = LayerPlace(builder, step, nodes, flows, sites, running)
    forms = forms_at(builder.export, place, held)
    outputs = new_flows(step, layer_hint(step), nodes, sites)
    add_steps(builder, place, forms, outputs, held)
    for index, flow in enumerate(outputs):
        texts = channel_texts(builder, step, nodes, flows, sites, index)
        flow.channels = builder.channels_from(texts, flow, sites)
    builder.bind(step.name, Binding(outputs))
    return outputs


def variable(builder: ClassBuilder, step: Step, sites: Sites, flows: Flows) -> Flows:
    """A layer that a variable holds; a block is translated elsewhere."""
    kind = builder.export.node(sites[0].one_of(step)).layer.kind
    bound = step.bound(kind, layer_signature(kind).parameters)
    return held_layer(builder, bound, step.word, sites, flows)


def new_flows(step: Step, hint: str, nodes: dict[Site, Node], sites: Sites) -> Flows:
    """The values after a layer: several of a layer with several outputs."""
    outputs = {site: site.one_of(step).outputs for site in sites}
    counts = {len(values) for values in outputs.values()}
    if len(counts) != 1:
        raise NotStated(f"the number of outputs of {step.word}")
    count = counts.pop()
    found = []
    for index in range(count):
        name = hint if count == 1 else f"{hint}_{index}"
        variable = Variable(name, is_named=count > 1)
        found.append(ValueFlow(variable, {site: outputs[site][index] for site in sites}, None))
    return tuple(found)


def forms_at(export: Export, place: LayerPlace, held: str) -> dict[Site, TorchForm]:
    """The forms of a layer, of which only the values of arguments differ between sites.

    The class may differ, too, if a variable of the constructor holds it.  Raises NotStated.
    """
    nodes = place.nodes
    forms = {site: export.form(node) for site, node in nodes.items()}
    if "offset" in place.step.arguments and size_source(place) is not None:
        likes = {site: form.like for site, form in forms.items() if form.like is not None}
        if len(likes) == len(forms):
            return {site: export.module_form(like) for site, like in likes.items()}
    is_padded = any(len(form.modules) > 1 for form in forms.values())
    if (is_padded or not is_one_form(forms, held)) and has_same_padding(place):
        padding = {site: export.same_form(node) for site, node in nodes.items()}
        forms |= {site: form for site, form in padding.items() if form is not None}
    if not is_one_form(forms, held) or any(reads_names(place, form) for form in forms.values()):
        calls = {site: form.varied for site, form in forms.items()}
        varied = {site: call for site, call in calls.items() if call is not None}
        forms |= {site: export.module_form(call) for site, call in varied.items()}
    if not is_one_form(forms, held):
        raise NotStated(f"{place.step.word} has several forms")
    for site, form in forms.items():
        if held and [call.class_name for call in form.modules] != [site.names.get(held)]:
            raise NotStated(f"{held} is not a class")
    return forms


def reads_names(place: LayerPlace, form: TorchForm) -> bool:
    """Whether the file has an expression of variables for a number of a form."""
    for argument in form.varied.arguments if form.varied is not None else ():
        expression = place.step.arguments.get(argument.source)
        if expression is None:
            continue
        try:
            state = place.builder.state()
            text = place.builder.text(expression, place.flows[:1], place.sites)
        except NotStated:
            continue
        finally:
            place.builder.restore(state)
        if names_in(text):
            return True
    return False


def is_one_form(forms: dict[Site, TorchForm], held: str) -> bool:
    return len({structure(form, held) for form in forms.values()}) == 1


def has_same_padding(place: LayerPlace) -> bool:
    """Whether the file states `padding: same` at every site."""
    expression = place.step.arguments.get("padding")
    if expression is None:
        return False
    try:
        values = place.builder.values_at(expression, place.flows, place.sites)
    except NotStated:
        return False
    return set(values.values()) == {"same"}


def structure(form: TorchForm, held: str) -> tuple[object, ...]:
    """What must be equal at all sites."""
    modules = tuple(
        ("" if held else call.class_name, tuple((one.name, one.source) for one in call.arguments))
        for call in form.modules
    )
    return modules, form.expression, form.parameter, form.sized


TorchForms = Mapping[Site, TorchForm]
"""The forms of a layer at its sites."""


def add_steps(
    builder: ClassBuilder, place: LayerPlace, forms: TorchForms, outputs: Flows, held: str
) -> None:
    """Add the steps of a form, from the inputs to the outputs."""
    form = forms[place.sites[0]]
    inputs = tuple(flow.variable for flow in place.flows)
    variables = tuple(flow.variable for flow in outputs)
    size = size_source(place)
    has_offset = "offset" in place.step.arguments
    if size is not None and form.sized and not has_offset:
        text = form.sized.replace("{size}", "{1}.shape[2:]")
        builder.steps.append(ExpressionStep(text, (*inputs, size), variables))
    elif size is not None and has_offset and form.modules[0].class_name == "CropLike":
        add_modules(builder, place, forms, variables, others=(size,))
    elif form.parameter:
        variables[0].is_shared = True
        text = frozen(form.parameter.format(sizes=sizes_text(place, forms)), is_frozen(place))
        is_named = place.step.name is not None
        hint = layer_hint(place.step)
        builder.steps.append(ParameterStep(hint, text, variables, (), is_named))
    elif form.modules:
        add_modules(builder, place, forms, variables, held)
    else:
        builder.steps.append(ExpressionStep(form.expression, inputs, variables))


def sizes_text(place: LayerPlace, forms: TorchForms) -> str:
    """The sizes of a parameter, after its batch of one."""
    calls = {site: [form.shape] for site, form in forms.items() if form.shape is not None}
    [text] = TorchArgumentTexts(place._replace(flows=place.running), calls).all()
    tree = ast.parse(text, mode="eval").body
    if isinstance(tree, ast.Tuple):
        return ", ".join(["1", *map(ast.unparse, tree.elts)])
    return f"1, *{text}"


def layer_hint(step: Step) -> str:
    """The name of the attribute of a layer."""
    return step.name or HINTS.get(step.word, step.word)


def size_source(place: LayerPlace) -> Variable | None:
    """The value whose size a layer takes, if the file says so."""
    expression = place.step.arguments.get("size")
    if expression is None or len(expression.references) != 1:
        return None
    [reference] = expression.references
    if expression.text.replace(" ", "") != f"size({reference.text})":
        return None
    [flow] = place.builder.resolve(reference, place.sites)
    return flow.variable


def add_modules(
    builder: ClassBuilder,
    place: LayerPlace,
    forms: TorchForms,
    outputs: tuple[Variable, ...],
    held: str = "",
    others: tuple[Variable, ...] = (),
) -> None:
    """Add the modules of a layer, one after the other; the first is called with `others`, too."""
    inputs = (*(flow.variable for flow in place.flows), *others)
    modules = forms[place.sites[0]].modules
    for index, call in enumerate(modules):
        is_last = index == len(modules) - 1
        calls = {site: form.modules[index].arguments for site, form in forms.items()}
        texts = TorchArgumentTexts(place, calls).all()
        text = frozen(constructed(call, texts, held), is_frozen(place))
        name = layer_hint(place.step) if is_last else helper_hint(call)
        leaving = outputs if is_last else (Variable(name),)
        is_named = place.step.name is not None and is_last
        step = ModuleStep(name, (Make(text),), inputs, leaving, is_named=is_named)
        builder.steps.append(step)
        inputs = leaving


def helper_hint(call: ModuleForm) -> str:
    """The name of a module before the layer itself."""
    return "flatten" if call.class_name == "nn.Flatten" else "pad"


def constructed(call: ModuleForm, arguments: Sequence[str], class_name: str = "") -> str:
    """The expression that constructs a module."""
    name, mark, inner = call.class_name.partition(":")
    listed = ", ".join(arguments)
    if mark:
        return f"{name}({inner}({listed}))"
    return f"{class_name or name}({listed})"


class TorchArgumentTexts(ArgumentTexts):
    """The arguments of a module as code."""

    def accepted(self, argument: ModuleArgument, text: str, wanted: Wanted) -> Wanted:
        """The padding, or the word `same` where a convolution with a stride of 1 may have it."""
        if argument.name != "padding":
            return wanted

        def padding(site: Site) -> Datum:
            layer = self.nodes[site].layer
            may_be_same = layer.category == "conv" and set(getattr(layer, "stride", ())) == {1}
            is_same = may_be_same and value_of(text, site.names) == "same"
            return "same" if is_same else wanted(site)

        return padding


# The channels after a layer


def channel_texts(
    builder: ClassBuilder,
    step: Step,
    nodes: dict[Site, Node],
    flows: Flows,
    sites: Sites,
    index: int,
) -> list[str]:
    """Expressions that may be the channels after a layer, the likeliest first."""
    found: list[str] = []
    if "out" in step.arguments:
        found += tried(builder, lambda: builder.text(step.arguments["out"], flows, sites), sites)
    if "hidden" in step.arguments and "proj" not in step.arguments:
        hidden = tried(builder, lambda: builder.text(step.arguments["hidden"], flows, sites), sites)
        found += [text for one in hidden for text in (one, renamed("2 * h", {"h": one}))]
    if step.word == "reshape":
        found += tried(builder, lambda: reshaped_channels(builder, step, flows, sites), sites)
    if not flows:
        return found
    entering: Channels | None = flows[0].channels
    if entering is None:
        return found
    [*current] = tried(builder, lambda: builder.channels(flows[0]), sites)
    for text in current:
        found.append(text)
        found += derived(builder, step, text, flows, sites, index)
    return found


def reshaped_channels(builder: ClassBuilder, step: Step, flows: Flows, sites: Sites) -> str:
    """The first of the sizes that a `reshape` states.  Raises NotStated if there is no list."""
    shape = ast.parse(builder.text(step.arguments["shape"], flows, sites), mode="eval").body
    if not isinstance(shape, ast.Tuple):
        raise NotStated("sizes that are not a list")
    return ast.unparse(shape.elts[0])


def tried(builder: ClassBuilder, make: Callable[[], str], sites: Sites) -> list[str]:
    try:
        text = make()
        return [whole_text(text, sites)]
    except NotStated:
        return []


def derived(
    builder: ClassBuilder, step: Step, text: str, flows: Flows, sites: Sites, index: int
) -> Iterator[str]:
    """Channels that a layer makes of those before it."""
    match step.word:
        case "flatten":
            spatial = {flows[0].shape(site).spatial for site in sites}
            if len(spatial) == 1:
                sizes = " * ".join(map(str, spatial.pop()))
                yield renamed(f"c * {sizes}", {"c": text})
        case "depthwise" if "multiplier" in step.arguments:
            factor = builder.text(step.arguments["multiplier"], flows, sites)
            yield renamed("c * m", {"c": text, "m": factor})
        case "pad" if "begin" in step.arguments:
            begin = builder.text(step.arguments["begin"], flows, sites)
            end = step.arguments.get("end")
            after = begin if end is None else builder.text(end, flows, sites)
            both = "2 * b" if after == begin else "b + e"
            yield renamed(f"c + {both}", {"c": text, "b": begin, "e": after})
        case "select" if "index" in step.arguments:
            indices = builder.text(step.arguments["index"], flows, sites)
            yield renamed("len(i)", {"i": indices})
        case "glu":
            yield renamed("c // 2", {"c": text})
        case "pixel_shuffle" | "pixel_unshuffle":
            factor = builder.text(step.arguments["factor"], flows, sites)
            rank = len(flows[0].shape(sites[0]).spatial)
            mark = "//" if step.word == "pixel_shuffle" else "*"
            yield renamed(f"c {mark} f**{rank}", {"c": text, "f": factor})
        case "chunk":
            parts = builder.text(step.arguments["parts"], flows, sites)
            yield from chunk_channels(text, parts, sites, index)


def chunk_channels(text: str, parts: str, sites: Sites, index: int) -> Iterator[str]:
    """The channels of one part."""
    if all(isinstance(value_of(parts, site.names), int) for site in sites):
        match parsed(text):
            case ast.BinOp(left=left, op=ast.Mult(), right=right):
                yield from (
                    ast.unparse(one)
                    for one, other in ((left, right), (right, left))
                    if ast.unparse(other) == parts
                )
        yield renamed("c // p", {"c": text, "p": parts})
    else:
        tree = ast.parse(parts, mode="eval").body
        if isinstance(tree, ast.List | ast.Tuple):
            yield ast.unparse(tree.elts[index])
        else:
            yield renamed(f"p[{index}]", {"p": parts})

"""The translation of steps that are layers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from ...datum import Datum
from ...document import Step
from ...expression.expression import Expression
from ...layers import layer_class
from ...named_tuple import NamedTuple
from ...network import Node
from ...parser.signature import layer_signature
from ..errors import NotStated
from ..python.evaluation import value_of
from ..python.expressions import names_in, renamed
from ..python.spelling import quoted
from .builder import ClassBuilder, first
from .layers.form import CHANNELS, ModuleArgument, ModuleForm, TorchForm
from .program import ExpressionStep, Make, ModuleStep, ParameterStep, Variable
from .sites import Binding, Channels, Flows, Site, Sites, ValueFlow
from .texts import by_entry, constant_text, holds, whole_text

Wanted = Callable[[Site], Datum]

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
    if layer_class(step.word).arity == (0, 0):
        flows = ()
    flows = checked_inputs(builder, step, nodes, flows, sites)
    place = LayerPlace(builder, step, nodes, flows, sites, {})
    place.forms.update(forms_at(place, held))
    hint = step.name or HINTS.get(step.word, step.word)
    outputs = new_flows(step, hint, nodes, sites)
    add_steps(place, place.forms[sites[0]], outputs, hint, held)
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


def checked_inputs(
    builder: ClassBuilder, step: Step, nodes: dict[Site, Node], flows: Flows, sites: Sites
) -> Flows:
    """The inputs of a layer, with those that its arguments refer to.  Raises NotStated."""
    for expression in step.arguments.values():
        if expression.references and expression.text == expression.references[0].text:
            flows += builder.resolve(expression.references[0], sites)
    for site in sites:
        if nodes[site].weight_key is not None:
            raise NotStated("shared weights")
        if tuple(flow.at(site) for flow in flows) != nodes[site].inputs:
            raise NotStated(f"the inputs of {step.word}")
    return flows


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


def forms_at(place: LayerPlace, held: str) -> dict[Site, TorchForm]:
    """The forms of a layer, of which only the values of arguments differ between sites.

    The class may differ, too, if a variable of the constructor holds it.  Raises NotStated.
    """
    export, nodes = place.builder.export, place.nodes
    forms = {site: export.form(node) for site, node in nodes.items()}
    is_padded = any(len(form.modules) > 1 for form in forms.values())
    if (is_padded or not is_one_form(forms, held)) and has_same_padding(place):
        padding = {site: export.same_form(node) for site, node in nodes.items()}
        forms |= {site: form for site, form in padding.items() if form is not None}
    if not is_one_form(forms, held):
        raise NotStated(f"{place.step.word} has several forms")
    for site, form in forms.items():
        if held and [call.class_name for call in form.modules] != [site.names.get(held)]:
            raise NotStated(f"{held} is not a class")
    return forms


def is_one_form(forms: dict[Site, TorchForm], held: str) -> bool:
    return len({structure(form, held) for form in forms.values()}) == 1


def has_same_padding(place: LayerPlace) -> bool:
    """Whether the file states `padding: same` at every site."""
    expression = place.step.arguments.get("padding")
    if expression is None:
        return False
    state = place.builder.state()
    try:
        text = place.builder.text(expression, place.flows, place.sites)
        return all(value_of(text, site.names) == "same" for site in place.sites)
    except NotStated:
        return False
    finally:
        place.builder.restore(state)


def structure(form: TorchForm, held: str) -> tuple[object, ...]:
    """What must be equal at all sites."""
    modules = tuple(
        ("" if held else call.class_name, tuple((one.name, one.source) for one in call.arguments))
        for call in form.modules
    )
    return modules, form.expression, form.parameter, form.sized


class LayerPlace(NamedTuple):
    """A layer at all of its sites: its nodes there, and the values that it reads."""

    builder: ClassBuilder
    step: Step
    nodes: dict[Site, Node]
    flows: Flows
    sites: Sites
    forms: dict[Site, TorchForm]


def add_steps(place: LayerPlace, form: TorchForm, outputs: Flows, hint: str, held: str) -> None:
    """Add the steps of a form, from the inputs to the outputs."""
    steps = place.builder.steps
    inputs = tuple(flow.variable for flow in place.flows)
    variables = tuple(flow.variable for flow in outputs)
    sized = sized_text(place, form)
    if sized is not None:
        text, size = sized
        steps.append(ExpressionStep(text, (*inputs, size), variables))
    elif form.parameter:
        variables[0].is_shared = True
        text = frozen(form.parameter, place)
        steps.append(ParameterStep(hint, text, variables, (), place.step.name is not None))
    elif form.modules:
        add_modules(place, form, variables, hint, held)
    else:
        steps.append(ExpressionStep(form.expression, inputs, variables))


def sized_text(place: LayerPlace, form: TorchForm) -> tuple[str, Variable] | None:
    """An expression whose size is that of another value, if the file says so."""
    expression = place.step.arguments.get("size")
    if not form.sized or expression is None or len(expression.references) != 1:
        return None
    if "offset" in place.step.arguments:
        return None
    [reference] = expression.references
    if expression.text.replace(" ", "") != f"size({reference.text})":
        return None
    [flow] = place.builder.resolve(reference, place.sites)
    return form.sized.replace("{size}", "{1}.shape[2:]"), flow.variable


def add_modules(
    place: LayerPlace, form: TorchForm, outputs: tuple[Variable, ...], hint: str, held: str
) -> None:
    """Add the modules of a layer, one after the other."""
    inputs = tuple(flow.variable for flow in place.flows)
    for index, call in enumerate(form.modules):
        is_last = index == len(form.modules) - 1
        texts = ArgumentTexts(place, index).all(call)
        text = frozen(constructed(call, texts, held), place)
        name = hint if is_last else helper_hint(call)
        leaving = outputs if is_last else (Variable(name),)
        is_named = place.step.name is not None and is_last
        step = ModuleStep(name, (Make(text),), inputs, leaving, is_named=is_named)
        place.builder.steps.append(step)
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


def frozen(text: str, place: LayerPlace) -> str:
    """The module or parameter itself, or one that is not trained.  Raises NotStated."""
    nodes = place.nodes.values()
    trained = {node.trainable for node in nodes}
    has_weights = any(node.layer.weights(*node.input_shapes) for node in nodes)
    if not has_weights or trained == {True}:
        return text
    if len(trained) > 1:
        raise NotStated("weights that are trained at some places only")
    return f"{text}.requires_grad_(False)"


class ArgumentTexts:
    """The arguments of a module as code: expressions of the file where it states them."""

    def __init__(self, place: LayerPlace, index: int) -> None:
        self.builder, self.step, self.nodes, self.flows, self.sites, forms = place
        self.calls = {site: form.modules[index].arguments for site, form in forms.items()}

    def all(self, call: ModuleForm) -> list[str]:
        return list(self.texts(call))

    def texts(self, call: ModuleForm) -> Iterator[str]:
        """The arguments, without those that have the default value."""
        for position, argument in enumerate(call.arguments):
            wanted = lambda site, position=position: self.calls[site][position].value
            text = self.text(argument, wanted)
            optional = all(self.calls[site][position].is_optional for site in self.sites)
            if optional and not names_in(text):
                continue
            yield f"{argument.name}={text}" if argument.name else text

    def text(self, argument: ModuleArgument, wanted: Wanted) -> str:
        """The code for an argument.  Raises NotStated if it has no value for all sites."""
        found = self.stated(argument, wanted)
        if found is not None:
            return found
        value = wanted(self.sites[0])
        if isinstance(value, str) and all(wanted(site) == value for site in self.sites):
            return quoted(value)
        constant = constant_text(self.sites, wanted)
        if constant is None:
            raise NotStated(f"{argument.name or argument.source} of {self.step.word} differs")
        return constant

    def stated(self, argument: ModuleArgument, wanted: Wanted) -> str | None:
        """The expression of the file for an argument, if it is the value everywhere."""
        if not argument.source:
            return None
        used, variables = set(self.builder.used), dict(self.builder.variables)
        try:
            text = self.from_source(argument.source)
            if text is not None:
                if argument.name == "padding":
                    wanted = self.with_same(text, wanted)
                for candidate in (text, by_entry(text, self.sites)):
                    if candidate and holds(candidate, self.sites, wanted):
                        return self.as_whole(candidate, wanted)
        except NotStated:
            pass
        self.builder.used, self.builder.variables = used, variables
        return None

    def with_same(self, text: str, wanted: Wanted) -> Wanted:
        """The padding, or the word `same` where a convolution with a stride of 1 may have it."""

        def padding(site: Site) -> Datum:
            layer = self.nodes[site].layer
            may_be_same = layer.category == "conv" and set(getattr(layer, "stride", ())) == {1}
            is_same = may_be_same and value_of(text, site.names) == "same"
            return "same" if is_same else wanted(site)

        return padding

    def as_whole(self, text: str, wanted: Wanted) -> str:
        """An integer, where a float without a fraction is given for one."""
        if any(type(wanted(site)) is float for site in self.sites):
            return text
        return whole_text(text, self.sites)

    def from_source(self, source: str) -> str | None:
        """An expression of the arguments of a layer as one of the names of the constructor."""
        if source == CHANNELS:
            return self.flattened_channels()
        arguments: dict[str, str] = {}
        for name in source.replace("*", " ").split():
            if name == CHANNELS:
                arguments[name] = self.builder.channels(first(self.flows))
            elif name in self.step.arguments:
                expression: Expression = self.step.arguments[name]
                arguments[name] = self.builder.text(expression, self.flows[:1], self.sites)
            else:
                return None
        return renamed(source, arguments)

    def flattened_channels(self) -> str:
        """The channels of the input."""
        return self.builder.channels(first(self.flows))


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
        yield renamed("c // p", {"c": text, "p": parts})
    else:
        yield renamed(f"p[{index}]", {"p": parts})

"""The translation of steps that are layers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from ...document import Step
from ...layers import layer_class
from ...layers.aliases import KERAS_FUNCTIONS
from ...parser.signature import layer_signature
from ..errors import ExportError, NotStated
from ..python.argument_texts import ArgumentTexts, LayerPlace, checked_inputs, is_frozen
from ..python.sites import Binding, Flows, Site, Sites, ValueFlow
from .builder import FunctionBuilder
from .layers.form import LIST, CallForm, KerasForm
from .window_padding import WindowPadding, padding_of

KerasForms = Mapping[Site, KerasForm]
"""The forms of a layer at its sites."""


def layer(builder: FunctionBuilder, step: Step, sites: Sites, flows: Flows) -> Flows:
    """A layer of the catalogue."""
    return held_layer(builder, step, "", sites, flows)


def variable(builder: FunctionBuilder, step: Step, sites: Sites, flows: Flows) -> Flows:
    """A layer that a variable holds: the name of a function of each element."""
    kind = builder.export.node(sites[0].one_of(step)).layer.kind
    bound = step.bound(kind, layer_signature(kind).parameters)
    return held_layer(builder, bound, step.word, sites, flows)


def held_layer(
    builder: FunctionBuilder, step: Step, holder: str, sites: Sites, flows: Flows
) -> Flows:
    """A layer, whose function a variable of the code may hold: `holder` in the file."""
    nodes = {site: builder.export.node(site.one_of(step)) for site in sites}
    is_alone = layer_class(step.word).arity == (0, 0)
    read = checked_inputs(builder, step, nodes, () if is_alone else flows, sites)
    place = LayerPlace(builder, step, nodes, read, sites)
    if builder.local.get(holder):
        outputs = assigned(builder, place, held_text(builder, place, holder))
    else:
        padding = padding_of(builder, place)
        forms = {site: form_at(builder, site, step, padding.mode) for site in sites}
        if is_alone:
            place = place._replace(flows=flows[:1] or builder.start)
        outputs = add_calls(builder, place, forms, padding)
    builder.bind(step.name, Binding(outputs))
    return outputs


def held_text(builder: FunctionBuilder, place: LayerPlace, holder: str) -> str:
    """A function of each element by its name in a variable.  Raises NotStated."""
    held = builder.local[holder]
    builder.used.add(holder)
    for site, node in place.nodes.items():
        if site.names.get(held) != builder.export.layer_word(node.layer.kind, 0):
            raise NotStated(f"{held} is not the name of a function of Keras")
        if node.layer.kind not in KERAS_FUNCTIONS:
            raise NotStated(f"{node.layer.kind} is not a function of Keras")
    name = builder.title(held_name(builder, place, held))
    return f"layers.Activation({held}, name={name})({builder.code(place.flows[0])})"


def form_at(builder: FunctionBuilder, site: Site, step: Step, padding: str) -> KerasForm:
    """The form of a layer at a site.  Raises NotStated if it has none with this padding."""
    try:
        return builder.export.form(site.one_of(step).end - 1, padding)
    except ExportError as error:
        raise NotStated(str(error)) from None


def held_name(builder: FunctionBuilder, place: LayerPlace, held: str) -> str:
    """The name of a layer: that of the variable in place of the kind, if no step has it."""
    own = builder.own_name(place.step, place.sites)
    kind = place.nodes[place.sites[0]].layer.kind
    found = re.sub(rf"{kind}(\d+)$", rf"{held}\1", own)
    is_free = place.step.name is None and found not in builder.export.step_names
    return found if is_free else own


# Statements


def add_calls(
    builder: FunctionBuilder, place: LayerPlace, forms: KerasForms, padding: WindowPadding
) -> Flows:
    """Add the statements of a form; returns the values of the layer."""
    codes = [builder.operand(flow) for flow in place.flows]
    if "offset" in place.step.arguments and refers_to_size(place):
        likes = {site: form.like for site, form in forms.items() if form.like is not None}
        if len(likes) == len(forms):
            return assigned(builder, place, like_text(builder, place, likes, codes[0]))
    if len({structure(form) for form in forms.values()}) != 1:
        raise NotStated(f"{place.step.word} has several forms")
    form = forms[place.sites[0]]
    if form.expression == "{0}":
        values = {site: site.one_of(place.step).outputs[0] for site in place.sites}
        return (builder.element(codes[0], values),)
    if is_sized(place, form):
        size = size_code(builder, place)
        name = builder.title(builder.own_name(place.step, place.sites))
        return assigned(builder, place, form.sized.format(*codes, size=size, name=name))
    if not form.calls:
        return assigned(builder, place, form.expression.format(*codes))
    writer = CallWriter(builder, place, forms)
    if padding.test:
        return assigned(builder, place, writer.with_choice(codes[0], padding.test))
    for index, call in enumerate(form.calls[:-1]):
        text = writer.text(index, codes)
        codes = [builder.new_value(call.part, builder.chain)]
        builder.add(f"{codes[0]} = {text}")
    return assigned(builder, place, writer.text(-1, codes, padding.word))


def structure(form: KerasForm) -> tuple[object, ...]:
    """What must be equal at all sites."""
    calls = tuple(
        (one.class_name, one.part, one.inputs, tuple((a.name, a.source) for a in one.arguments))
        for one in form.calls
    )
    return calls, form.expression, form.sized


class CallWriter:
    """Writes the calls of a layer, which have the same structure at all sites."""

    def __init__(self, builder: FunctionBuilder, place: LayerPlace, forms: KerasForms) -> None:
        self.builder = builder
        self.place = place
        self.forms = forms
        self.own = builder.own_name(place.step, place.sites)

    def text(self, index: int, inputs: Sequence[str], padding: str = "") -> str:
        """The expression of a call; `padding` is one for that argument, "" if there is none."""
        calls = {site: form.calls[index] for site, form in self.forms.items()}
        call = calls[self.place.sites[0]]
        texts = ArgumentTexts(self.place, {site: c.arguments for site, c in calls.items()}).all()
        if padding:
            texts.insert(place_of_padding(texts), f"padding={padding}")
        if is_frozen(self.place):
            texts.append("trainable=False")
        return constructed(call, texts, f"name={self.builder.title(self.own, call.part)}", inputs)

    def with_choice(self, value: str, test: str) -> str:
        """A window whose input has zeros around it if a test holds, else those of `same`."""
        builder = self.builder
        word = builder.new_value("padding")
        padded = builder.new_value("padded", builder.chain)
        builder.add(f'{word} = "same"')
        builder.add(f"{padded} = {value}")
        builder.add(f"if {test}:")
        with builder.inside():
            builder.add(f"{padded} = {self.text(0, [value])}")
            builder.add(f'{word} = "valid"')
        return self.text(1, [padded], word)


def place_of_padding(texts: Sequence[str]) -> int:
    """The place of `padding` among the arguments: after the kernel and the strides."""
    later = ("dilation_rate=", "depth_multiplier=", "groups=", "use_bias=")
    return next((n for n, text in enumerate(texts) if text.startswith(later)), len(texts))


def constructed(call: CallForm, arguments: Sequence[str], name: str, inputs: Sequence[str]) -> str:
    """A layer that is constructed and called, or a function of the code."""
    given = given_inputs(call, inputs)
    outer, mark, inner = call.class_name.partition(":")
    names = [name] if call.is_named else []
    if mark:
        listed = ", ".join(arguments)
        return f"{outer}({inner}({listed}), {name})({given})"
    if outer[0].islower() and not outer.startswith("layers."):
        return f"{outer}({', '.join([given, *arguments, *names])})"
    return f"{outer}({', '.join([*arguments, *names])})({given})"


def given_inputs(call: CallForm, inputs: Sequence[str]) -> str:
    """What a layer is called with."""
    is_list = call.inputs == LIST and not inputs[0].startswith("*")
    if is_list:
        return f"[{', '.join(inputs)}]"
    return call.inputs.format(*inputs) if call.inputs not in ("", LIST) else only_or_list(inputs)


def only_or_list(inputs: Sequence[str]) -> str:
    """The inputs of a call: one value, or a list."""
    if len(inputs) == 1:
        return inputs[0].removeprefix("*")
    return f"[{', '.join(inputs)}]"


def assigned(builder: FunctionBuilder, place: LayerPlace, text: str) -> Flows:
    """Assign what a layer returns to new values."""
    step, sites = place.step, place.sites
    outputs = {site: site.one_of(step).outputs for site in sites}
    counts = {len(values) for values in outputs.values()}
    if len(counts) != 1:
        raise NotStated(f"the number of outputs of {step.word}")
    count = counts.pop()
    found: list[ValueFlow] = []
    for index in range(count):
        hint = step.name or step.word
        values = {site: outputs[site][index] for site in sites}
        name = hint if count == 1 else f"{hint}_{index}"
        found.append(builder.value(name, values, is_named=count > 1))
    builder.add(f"{', '.join(map(builder.code, found))} = {text}")
    return tuple(found)


def is_sized(place: LayerPlace, form: KerasForm) -> bool:
    """Whether an expression states that the size is that of another value."""
    return bool(form.sized) and "offset" not in place.step.arguments and refers_to_size(place)


def refers_to_size(place: LayerPlace) -> bool:
    """Whether the file says that the size is that of another value."""
    expression = place.step.arguments.get("size")
    if expression is None or len(expression.references) != 1:
        return False
    [reference] = expression.references
    return expression.text.replace(" ", "") == f"size({reference.text})"


def like_text(
    builder: FunctionBuilder, place: LayerPlace, likes: Mapping[Site, CallForm], value: str
) -> str:
    """The call of a function with the size of another value."""
    arguments = ArgumentTexts(place, {site: call.arguments for site, call in likes.items()}).all()
    name = f"name={builder.title(builder.own_name(place.step, place.sites))}"
    return constructed(
        likes[place.sites[0]], arguments, name, [f"{value}, {size_code(builder, place)}"]
    )


def size_code(builder: FunctionBuilder, place: LayerPlace) -> str:
    """The code for the sizes of the value that `size` refers to."""
    [reference] = place.step.arguments["size"].references
    [flow] = builder.resolve(reference, place.sites)
    return builder.sizes(lambda shape: shape.spatial, flow, place.sites)

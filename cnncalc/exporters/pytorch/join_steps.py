"""The translation of joins and their operands."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from itertools import permutations

from ...document import Operand, Step
from ...network import Node
from ..errors import NotStated
from ..python.argument_texts import LayerPlace
from ..python.evaluation import value_of
from ..python.expressions import names_in, renamed
from ..python.operands import branch_names, is_branch, is_sometimes, referenced_values
from ..python.sites import Binding, Flows, Site, Sites, ValueFlow, Variable
from .across import across
from .builder import ClassBuilder
from .layer_steps import add_modules
from .layers.form import TorchForm
from .program import ExpressionStep, ForwardStep, GuardStep, ModuleStep, Part, When, chain_parts


def join(builder: ClassBuilder, step: Step, sites: Sites, flows: Flows) -> Flows:
    """A join: its branches, references and numbers, then an expression of these."""
    nodes = {site: builder.export.node(site.one_of(step)) for site in sites}
    if step.across is not None:
        found = across(builder, step, sites, flows, translated)
        result = joined(builder, step, nodes, found, sites)
        builder.bind(step.name, Binding((result,)))
        return (result,)
    hints = branch_names(step)
    operands: list[ValueFlow] = []
    later: list[Operand] = []
    with builder.scope() as names:
        pairs = list(zip(step.operands, hints, strict=True))
        while pairs:
            operand, hint = pairs.pop(0)
            if not is_sometimes(operand, sites):
                operands += translated(builder, operand, hint, step, sites, flows)
            elif pairs and is_otherwise(operand, pairs[0][0], sites):
                other, _ = pairs.pop(0)
                operands.append(alternative(builder, operand, other, sites, flows))
            else:
                later.append(operand)
    if later:
        return summed(builder, step, nodes, operands, later, sites, flows)
    for name, binding in names.items():
        builder.bind(name, binding)
    result = joined(builder, step, nodes, operands, sites)
    builder.bind(step.name, Binding((result,)))
    return (result,)


def is_otherwise(operand: Operand, other: Operand, sites: Sites) -> bool:
    """Whether exactly one of two operands is there at every site."""
    if operand.body is None or other.body is None or not is_sometimes(other, sites):
        return False
    one, two = operand.body.steps[0], other.body.steps[0]
    return all(site.one_of(one).is_active != site.one_of(two).is_active for site in sites)


def alternative(
    builder: ClassBuilder, operand: Operand, other: Operand, sites: Sites, flows: Flows
) -> ValueFlow:
    """One of two operands: a value that is there already, or the output of a step."""
    assert operand.body is not None and other.body is not None
    plain, made = operand.body.steps[0], other.body.steps[0]
    if plain.type != "from":
        plain, made = made, plain
    if plain.type != "from" or made.when is None or plain.sources is None:
        raise NotStated("two operands with conditions")
    kept = [site for site in sites if site.one_of(plain).is_active]
    [before] = builder.referenced(plain, kept, flows)
    active = [site for site in sites if site.one_of(made).is_active]
    test = checked_test(builder, made, sites, flows)
    with builder.inside() as steps:
        found = builder.active(made._replace(when=None), active, flows)
    if len(found) != 1:
        raise NotStated("an operand of several values")
    values = {site: before.at(site) for site in kept}
    values |= {site: found[0].at(site) for site in active}
    result = ValueFlow(Variable("shortcut"), values, None)
    texts = [flow.channels.text for flow in (found[0], before) if flow.channels is not None]
    result.channels = builder.channels_from(texts, result, sites)
    if not steps or steps[-1].outputs != (found[0].variable,):
        raise NotStated("two operands with conditions")
    attribute = test if test.isidentifier() else "use_shortcut"
    builder.steps.append(
        GuardStep(attribute, test, tuple(steps), (before.variable,), (result.variable,))
    )
    return result


def checked_test(builder: ClassBuilder, step: Step, sites: Sites, flows: Flows) -> str:
    """The condition of a step as code.  Raises NotStated unless it holds where it should."""
    assert step.when is not None
    test = builder.text(step.when, flows, sites)
    for site in sites:
        if bool(value_of(test, site.names)) != site.one_of(step).is_active:
            raise NotStated(f"the condition {step.when.text}")
    return test


def summed(
    builder: ClassBuilder,
    step: Step,
    nodes: dict[Site, Node],
    operands: Sequence[ValueFlow],
    later: Sequence[Operand],
    sites: Sites,
    flows: Flows,
) -> Flows:
    """A sum, to which an operand is added at some of the sites."""
    if step.word != "add" or len(later) != 1 or later[0].body is None or step.name is not None:
        raise NotStated("an operand that is there only sometimes")
    made = later[0].body.steps[0]
    test = checked_test(builder, made, sites, flows)
    active = [site for site in sites if site.one_of(made).is_active]
    rest = [site for site in sites if site not in active]
    shapes = {site: {value.shape for value in nodes[site].inputs} for site in sites}
    if any(len(found) > 1 for found in shapes.values()):
        raise NotStated("a sum of values of several shapes")
    check_rest(nodes, operands, rest)
    total = ValueFlow(Variable("y"), {site: nodes[site].inputs[0] for site in sites}, None)
    add_sum(builder, operands, total)
    with builder.inside() as steps:
        found = builder.active(made._replace(when=None), active, flows)
        check_all(nodes, [*operands, *found], active)
        inside = Variable("y")
        inputs = (found[0].variable, total.variable)
        builder.steps.append(ExpressionStep("{1} + {0}", inputs, (inside,), is_join=True))
    values = {site: site.one_of(step).outputs[0] for site in sites}
    result = ValueFlow(Variable("y"), values, None)
    result.channels = builder.channels_from(channel_texts(builder, step, operands), result, sites)
    attribute = test if test.isidentifier() else f"use_{made.word}"
    builder.steps.append(
        GuardStep(attribute, test, tuple(steps), (total.variable,), (result.variable,))
    )
    return (result,)


def add_sum(builder: ClassBuilder, operands: Sequence[ValueFlow], total: ValueFlow) -> None:
    """The sum of the operands that are always there."""
    text = " + ".join(f"{{{index}}}" for index in range(len(operands)))
    inputs = tuple(flow.variable for flow in operands)
    builder.steps.append(ExpressionStep(text, inputs, (total.variable,), is_join=True))


def check_rest(nodes: dict[Site, Node], operands: Sequence[ValueFlow], sites: Sites) -> None:
    """Raise NotStated unless a join reads these values, and no others, in this order."""
    for site in sites:
        if tuple(flow.at(site) for flow in operands) != nodes[site].inputs:
            raise NotStated("the operands of a sum")


def check_all(nodes: dict[Site, Node], operands: Sequence[ValueFlow], sites: Sites) -> None:
    """Raise NotStated unless a sum reads these values, in any order."""
    for site in sites:
        if sorted(flow.at(site) for flow in operands) != sorted(nodes[site].inputs):
            raise NotStated("the operands of a sum")


def joined(
    builder: ClassBuilder,
    step: Step,
    nodes: dict[Site, Node],
    operands: Sequence[ValueFlow],
    sites: Sites,
) -> ValueFlow:
    """The value of a join.  Raises NotStated unless it reads these values at every site."""
    for site in sites:
        if tuple(value for flow in operands for value in flow.all_at(site)) != nodes[site].inputs:
            raise NotStated(f"the operands of {step.word}")
    forms = [builder.export.form(nodes[site]) for site in sites]
    if step.word not in ("add", "concat"):
        operands = builder.unlisted(tuple(operands), sites)
    if any(flow.entries is not None for flow in operands):
        forms = [listed_form(step, operands, nodes, sites)] * len(forms)
    if any(form != forms[0] for form in forms):
        raise NotStated(f"{step.word} has several forms")
    values = {site: site.one_of(step).outputs[0] for site in sites}
    result = ValueFlow(Variable(step.name or step.word), values, None)
    inputs = tuple(flow.variable for flow in operands)
    outputs = (result.variable,)
    if forms[0].modules:
        place = LayerPlace(builder, step, nodes, tuple(operands), sites)
        add_modules(builder, place, dict(zip(sites, forms, strict=True)), outputs)
    else:
        text = with_batches(forms[0].expression, step, operands)
        builder.steps.append(ExpressionStep(text, inputs, outputs, is_join=True))
    texts = channel_texts(builder, step, operands)
    result.channels = builder.channels_from(texts, result, sites)
    if step.word == "add" and "in_channels" in texts:
        builder.added_to_input |= dict.fromkeys(texts)
    return result


def listed_form(
    step: Step, operands: Sequence[ValueFlow], nodes: dict[Site, Node], sites: Sites
) -> TorchForm:
    """The form of a join of which some operands are lists.  Raises NotStated."""
    axes = {getattr(nodes[site].layer, "axis", None) for site in sites}
    if step.word == "add" and len(operands) == 1 and len(axes) == 1:
        return TorchForm(expression="sum({0})")
    if step.word != "concat" or len(axes) != 1:
        raise NotStated("all iterations, elsewhere than in a concat")
    if len(operands) == 1:
        return TorchForm(expression=f"torch.cat({{0}}, dim={int(axes.pop() or 0) + 1})")
    texts = [
        f"{'*' if flow.entries is not None else ''}{{{index}}}"
        for index, flow in enumerate(operands)
    ]
    axis = int(axes.pop() or 0) + 1
    return TorchForm(expression=f"torch.cat([{', '.join(texts)}], dim={axis})")


def with_batches(text: str, step: Step, operands: Sequence[ValueFlow]) -> str:
    """The expression of a join; a value of all samples is repeated for each of them."""
    shared = [flow.variable.is_shared for flow in operands]
    if step.word != "concat" or not any(shared) or all(shared):
        return text
    batched = shared.index(False)
    for index, flow in enumerate(operands):
        if flow.variable.is_shared:
            rank = len(next(iter(flow.values.values())).shape)
            sizes = ", ".join(["-1"] * rank)
            text = text.replace(f"{{{index}}}", f"{{{index}}}.expand(len({{{batched}}}), {sizes})")
    return text


def channel_texts(builder: ClassBuilder, step: Step, operands: Sequence[ValueFlow]) -> list[str]:
    """Expressions that may be the channels of a join, those of names first."""
    texts: list[str] = []
    for flow in operands:
        with suppress(NotStated):
            texts.append(builder.channels(flow))
    named = sorted(texts, key=lambda text: not names_in(text))
    if step.word != "concat":
        return named
    is_sum = len(texts) == len(operands) and all(" if " not in text for text in texts)
    return [total_text(texts), *named] if is_sum else named


def total_text(texts: Sequence[str]) -> str:
    """The sum of some numbers of channels."""
    if all(text.isdigit() for text in texts):
        return str(sum(map(int, texts)))
    for one, two in permutations(texts, 2):
        if one.isidentifier() and two.endswith(f" - {one}"):  # a part, and the rest of it
            rest = list(texts)
            rest.remove(one)
            rest[rest.index(two)] = two.removesuffix(f" - {one}")
            return total_text(rest)
    if len(set(texts)) == 1 and len(texts) > 1:
        return renamed(f"{len(texts)} * c", {"c": texts[0]})
    return " + ".join(texts)


def translated(
    builder: ClassBuilder, operand: Operand, hint: str, step: Step, sites: Sites, flows: Flows
) -> Flows:
    """The values of an operand; none of a number."""
    if is_branch(operand, sites):
        return branch(builder, operand, hint, step, sites, flows)
    return referenced_values(builder, operand, sites)


def branch(
    builder: ClassBuilder, operand: Operand, hint: str, step: Step, sites: Sites, flows: Flows
) -> Flows:
    """The steps of an operand: one module, if they are modules in sequence."""
    assert operand.body is not None
    if operand.lone:
        active = [site.one_of(operand.body.steps[0]).is_active for site in sites]
        if not all(active):
            if any(active):
                raise NotStated("an operand that is there only sometimes")
            return ()
    with builder.scope() as names, builder.inside() as steps:
        found = builder.body(operand.body, sites, flows)
    if len(found) != 1 or len(flows) != 1:
        builder.steps += steps
    else:
        add_branch(builder, steps, flows[0], found[0], hint, sites, operand)
    builder.bind(operand.name, Binding(found, dict(names)))
    if operand.name is None:
        for name, binding in names.items():
            builder.bind(name, binding)
    return found


def add_branch(
    builder: ClassBuilder,
    steps: Sequence[ForwardStep],
    before: ValueFlow,
    after: ValueFlow,
    hint: str,
    sites: Sites,
    operand: Operand,
) -> None:
    """Add the steps of a branch."""
    parts = chain_parts(steps, before.variable, after.variable)
    is_read = (
        any(
            builder.export.is_read_inside(one)
            for site in sites
            for step in operand.body.steps
            for one in site.all_of(step)
        )
        if operand.body is not None
        else False
    )
    if after.variable is not before.variable:
        after.variable.hint = hint
    if not parts or is_read or is_single_named(steps):
        builder.steps += steps
        return
    parts = as_one_condition(parts)
    inputs, outputs = (before.variable,), (after.variable,)
    builder.steps.append(ModuleStep(hint, parts, inputs, outputs, is_named=False))


def is_single_named(steps: Sequence[ForwardStep]) -> bool:
    return len(steps) == 1 and isinstance(steps[0], ModuleStep) and steps[0].is_named


def as_one_condition(parts: Sequence[Part]) -> tuple[Part, ...]:
    """Neighboring modules under one condition as one part."""
    found: list[Part] = []
    for part in parts:
        last = found[-1] if found else None
        if isinstance(part, When) and isinstance(last, When) and part.test == last.test:
            found[-1] = When(part.test, (*last.parts, *part.parts))
        else:
            found.append(part)
    return tuple(found)

"""The common keys: `name`, `from`, `when`, `repeat`, `for`, `across`, `shared`, `trainable`
and `dtype`."""

from __future__ import annotations

from ...document import Bindings, StaticScope, Step
from ..yaml_nodes import YamlNode
from .context import Pairs, ReadContext, describe, unreadable
from .names import StepNames
from .types import read_types
from .vocabulary import FOREIGN_LITERALS, Vocabulary


def iteration_vocabulary(common: Pairs, vocabulary: Vocabulary) -> Vocabulary:
    """The names that the values of a step can read: its counters too."""
    inner = vocabulary
    if "for" in common:
        inner = binding_vocabulary(common["for"][1], vocabulary)
    if "repeat" in common:
        inner = inner.child(repeat=True)
    if "across" in common:
        inner = inner.child()
        inner.across = {key.text for key, _ in common["across"][1].pairs}
    return inner


def binding_vocabulary(node: YamlNode, vocabulary: Vocabulary) -> Vocabulary:
    """The names that can be read inside of `for` or `across`."""
    inner = vocabulary.child([key.text for key, _ in node.pairs])
    readable = node.kind == "mapping" and not node.broken and node.pairs
    inner.incomplete = inner.incomplete or not readable
    return inner


def with_common_keys(
    names: StepNames,
    step: Step,
    common: Pairs,
    outer: Vocabulary,
    inner: Vocabulary,
    scope: StaticScope,
) -> Step:
    """The step with its common keys.

    `outer` are the names around the step, `inner` those with its counters.
    """
    context = names.context
    changes: dict[str, object] = {}
    if "from" in common:
        changes["sources"] = names.references(common["from"][1], outer)
        changes["broken"] = changes["sources"] is None
    for word, vocabulary in (("when", inner), ("repeat", outer), ("trainable", inner)):
        if word in common:
            hint = "use `for` to name the counter: `for: {k: 4}`" if word == "repeat" else ""
            changes[word] = context.expression(common[word][1], vocabulary, f"`{word}`", (), hint)
            changes["broken"] = changes.get("broken") or changes[word] is None
    if "dtype" in common:
        changes["dtype"] = read_types(context, common["dtype"][1], inner)
        changes["broken"] = changes.get("broken") or changes["dtype"] is None
    changes |= repetition(context, step, common, outer, inner)
    if "shared" in common:
        changes |= sharing(context, common["shared"][1])
    name = None
    if "name" in common:
        value = common["name"][1]
        name = names.give(context.text(value, "`name`"), value, scope, "when" in common)
    if common:  # most steps have none
        step = step._replace(name=name, **changes)  # type: ignore[arg-type]
    if name is None and step.type != "from":
        scope.unnamed.append(step)
    return step


def repetition(
    context: ReadContext, step: Step, common: Pairs, outer: Vocabulary, inner: Vocabulary
) -> dict[str, object]:
    """`for` and `across`, and which of them are allowed on the step."""
    changes: dict[str, object] = {}
    if "for" in common:
        changes["bindings"] = read_bindings(context, common["for"][1], outer, "for")
    if "across" in common:  # evaluated in each iteration
        changes["across"] = read_bindings(context, common["across"][1], inner, "across")
    if "repeat" in common and "for" in common:
        message = "`for` and `repeat` cannot be on the same step"
        hint = "put one of them on an enclosing group"
        context.report(common["for"][0].span, "repeat-and-for", message, hint)
        changes["broken"] = True
    if "across" in common and step.type != "join":
        if step.type != "from":  # its unknown keys are reported already
            message = "`across` is for joins only"
            context.report(common["across"][0].span, "unknown-key", message, "use `for`")
        changes["across"] = None
    return changes


def sharing(context: ReadContext, node: YamlNode) -> dict[str, object]:
    """`shared`: a tag, or false."""
    tag = context.text(node, "`shared`")
    if tag == "false":
        return {"unshared": True}
    literal = FOREIGN_LITERALS.get(tag, tag)
    if literal not in ("true", "false", "none", ""):
        return {} if context.is_too_long(tag, node.span) else {"shared": tag}
    if node.kind == "scalar" and not node.broken:
        hint = "give the same tag to each step that shares the weights, as in `shared: head`"
        if literal in ("false", "none"):
            hint = "write `shared: false` to opt out"
        message = f"`shared` must be a tag, found {describe(node)}"
        context.report(node.span, "bad-value", message, hint)
    return {}


def read_bindings(
    context: ReadContext, node: YamlNode, vocabulary: Vocabulary, word: str
) -> Bindings:
    """The names that `for` or `across` binds, with their values."""
    pairs = context.mapping(node, f"`{word}`")
    if not pairs and (node.kind == "mapping" or node.empty) and not node.broken:
        context.report(node.span, "missing-value", f"`{word}` binds no name", "as in `for: {k: 4}`")
    bindings = []
    for name, (key, value) in pairs.items():
        expression = None
        if context.may_be_variable(key):
            expression = context.expression(value, vocabulary, f"`{name}`")
        bindings.append((name, expression or unreadable(key.span)))
    return tuple(bindings)

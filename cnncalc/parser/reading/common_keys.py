"""The common keys: what any step may say beside what it is."""

from __future__ import annotations

from ...document import Bindings, StaticScope, Step
from ..yaml_nodes import YamlNode
from .context import Pairs, ReadContext, describe, unreadable
from .names import StepNames
from .vocabulary import WORDS_OF_OTHERS, Vocabulary


def round_vocabulary(common: Pairs, vocabulary: Vocabulary) -> Vocabulary:
    """What a step's own values may read: its counters too."""
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
    """What may be read where `for` or `across` binds names."""
    inner = vocabulary.child([key.text for key, _ in node.pairs])
    inner.lost = inner.lost or node.kind != "mapping" or node.broken or not node.pairs
    return inner


def with_common(
    names: StepNames,
    step: Step,
    common: Pairs,
    outer: Vocabulary,
    inner: Vocabulary,
    scope: StaticScope,
) -> Step:
    changes: dict[str, object] = {}
    desk = names.desk
    if "from" in common:
        changes["sources"] = names.references(common["from"][1], outer)
        changes["broken"] = changes["sources"] is None
    for word, vocabulary in (("when", inner), ("repeat", outer), ("trainable", inner)):
        if word in common:
            hint = "use `for` to name the counter: `for: {k: 4}`" if word == "repeat" else ""
            changes[word] = desk.expression(common[word][1], vocabulary, f"`{word}`", (), hint)
            changes["broken"] = changes.get("broken") or changes[word] is None
    if "for" in common:
        changes["bindings"] = bindings_of(desk, common["for"][1], outer, "for")
    if "across" in common:  # is asked in each round
        changes["across"] = bindings_of(desk, common["across"][1], inner, "across")
    if "repeat" in common and "for" in common:
        hint = "put one of them on a group around it"
        desk.report(common["for"][0].span, "repeat-and-for", "`for` and `repeat` on one step", hint)
        changes["broken"] = True
    if "across" in common and step.what != "join":
        if step.what != "from":  # which takes hardly any
            desk.report(
                common["across"][0].span,
                "unknown-key",
                "`across` stands on joins only",
                "use `for`",
            )
        changes["across"] = None
    if "shared" in common:
        changes |= tag_of(desk, common["shared"][1])
    name = None
    if "name" in common:
        value = common["name"][1]
        name = names.give(desk.text(value, "`name`"), value, scope, "when" in common)
    step = step._replace(name=name, **changes)  # type: ignore[arg-type]
    if name is None and step.what != "from":
        scope.unnamed.append(step)
    return step


def tag_of(desk: ReadContext, node: YamlNode) -> dict[str, object]:
    """`shared`: a tag, or false."""
    tag = desk.text(node, "`shared`")
    if tag == "false":
        return {"unshared": True}
    meant = WORDS_OF_OTHERS.get(tag, tag)
    if meant not in ("true", "false", "none", ""):
        return {"shared": tag}
    if node.kind == "scalar" and not node.broken:
        hint = (
            "write `shared: false` to opt out"
            if meant in ("false", "none")
            else "as in `shared: head` on each of them"
        )
        message = (
            f"`shared` is a tag that the steps with the same weights have, found {describe(node)}"
        )
        desk.report(node.span, "bad-value", message, hint)
    return {}


def bindings_of(desk: ReadContext, node: YamlNode, vocabulary: Vocabulary, word: str) -> Bindings:
    pairs = desk.mapping(node, f"`{word}`")
    if not pairs and (node.kind == "mapping" or node.empty) and not node.broken:
        desk.report(node.span, "missing-value", f"`{word}` binds no name", "as in `for: {k: 4}`")
    bound = []
    for name, (key, value) in pairs.items():
        expression = (
            desk.expression(value, vocabulary, f"`{name}`") if desk.may_be_variable(key) else None
        )
        bound.append((name, expression or unreadable(key.span)))
    return tuple(bound)

"""The parameters and the values of `let` of blocks, as those of generated code."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence

from ...document import Block, Step
from ...named_tuple import NamedTuple
from ...parser.expansion.trace import TracedStep
from ..errors import NotStated
from .evaluation import value_of
from .expressions import names_in
from .identifiers import VARIABLES, identifier
from .sites import Flows, Sites
from .step_builder import StepBuilder
from .texts import is_equal, simplified


class CodeParameter(NamedTuple):
    """A parameter of generated code: `default` is an expression, "" if it is required."""

    name: str
    default: str = ""
    is_keyword: bool = False


def parameter_name(name: str) -> str:
    found = identifier(name, VARIABLES)
    return f"{found}_" if found in ("in_channels", "in_size", "channels") else found


def check_distinct(names: Sequence[str]) -> None:
    """Raise NotStated if several names of the file are one in Python: `x` and `x_`."""
    if len(set(names)) < len(names):
        raise NotStated("names that are one in Python")


def local_names(definition: Block, variables: Iterable[str]) -> dict[str, str]:
    """The names of the code for those that a block gives.  Raises NotStated if two are one.

    `variables` are those of the file.
    """
    names = [*definition.params, *(name for name, _ in definition.lets)]
    local = {name: parameter_name(name) for name in names}
    others = [identifier(name, VARIABLES) for name in variables if name not in local]
    check_distinct([*local.values(), *others])
    return local


def check_outputs(occurrences: Sequence[TracedStep], sites: Sites, flows: Flows) -> None:
    for site, occurrence in zip(sites, occurrences, strict=True):
        if tuple(flow.at(site) for flow in flows) != occurrence.outputs:
            raise NotStated("the values after a block")


def let_statements(
    builder: StepBuilder, definition: Block, sites: Sites, flows: Flows
) -> list[str]:
    """The values of `let` that the code reads, as assignments in order."""
    found: list[str] = []
    for name, expression in reversed(definition.lets):
        if name not in builder.used:
            continue
        text = builder.text(expression, flows[:1], sites)
        target = parameter_name(name)
        for site in sites:
            if not is_equal(value_of(text, site.names), site.names[target]):
                raise NotStated(f"the value of {name}")
        found.insert(0, f"{target} = {text}")
    return found


def block_parameters(
    builder: StepBuilder,
    definition: Block,
    sites: Sites,
    flows: Flows,
    occurrences: Sequence[TracedStep],
    lets: list[str],
) -> Iterator[CodeParameter]:
    """The parameters of a block; a default that reads others is calculated in the code."""
    calculated: list[str] = []
    for name, default in definition.params.items():
        if default is None:
            yield CodeParameter(parameter_name(name))
            continue
        if name in default.names:  # a variable of the file, which the calls give
            yield CodeParameter(parameter_name(name), is_keyword=True)
            continue
        text = simplified(builder.text(default, flows[:1], sites))
        check_default(name, text, sites, occurrences)
        if not names_in(text) or text.startswith("nn."):
            yield CodeParameter(parameter_name(name), text)
            continue
        target = parameter_name(name)
        calculated += [f"if {target} is None:", f"    {target} = {text}"]
        yield CodeParameter(target, "None")
    lets[:0] = calculated


def kept_parameters(
    parameters: Iterable[CodeParameter], read: Container[str]
) -> list[CodeParameter]:
    """The parameters that the code reads, those that are given by name last."""
    return sorted([one for one in parameters if one.name in read], key=lambda one: one.is_keyword)


def check_default(name: str, text: str, sites: Sites, occurrences: Sequence[TracedStep]) -> None:
    """Raise NotStated if a default is not the value where the parameter is not given."""
    for site, occurrence in zip(sites, occurrences, strict=True):
        step = occurrence.step
        is_given = name in step.arguments or step.value
        if not is_given and not is_equal(
            value_of(text, site.names), site.names[parameter_name(name)]
        ):
            raise NotStated(f"the default of {name}")


# Calls


def passed_parameters(
    builder: StepBuilder,
    definition: Block,
    params: Iterable[str],
    step: Step,
    sites: Sites,
    flows: Flows,
) -> Iterator[str]:
    """The arguments of a call for some parameters of a block, checked at every site."""
    is_positional = True
    for name in params:
        default = definition.params[name]
        is_required = default is not None and name in default.names
        is_positional = is_positional and not is_required
        if name in step.arguments:
            text = builder.text(step.arguments[name], flows, sites)
        elif is_required and default is not None:
            text = builder.text(default, flows, sites)
        else:
            is_positional = False
            continue
        for site in sites:
            rank = len(flows[0].all_at(site)[0].shape.spatial)
            wanted = builder.export.word(site.one_of(step).own[name], rank)
            if not is_equal(value_of(text, site.names), wanted):
                raise NotStated(f"{name} of {definition.name}")
        yield text if is_positional else f"{parameter_name(name)}={text}"


def passed_variables(builder: StepBuilder, variables: Iterable[str]) -> Iterator[str]:
    """The arguments of a call for variables of the file, which have their own names."""
    for name in variables:
        if name in builder.local:
            raise NotStated(f"the variable {name} of the file, where a parameter has the name")
        builder.variables[name] = None
        yield f"{identifier(name, VARIABLES)}={identifier(name, VARIABLES)}"

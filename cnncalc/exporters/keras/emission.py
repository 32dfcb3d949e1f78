"""Functions as code: their names, the functions that they need, and the imports."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence

from ..python.layout import formatted
from .export_state import FunctionPlan
from .helpers import HELPERS, needed
from .values import with_names


def module_text(plans: Sequence[FunctionPlan]) -> str:
    """The whole module: imports, and functions that the last one calls, directly or not."""
    names = {*HELPERS, *(plan.name for plan in plans)}
    codes = {plan.name: function_code(plan, names) for plan in plans}
    used = used_functions(codes, plans[-1].name)
    code = "\n".join(text for name, text in codes.items() if name in used)
    helpers = list(needed(code))
    everything = "\n".join([code, *helpers])
    used_modules = [name for name in ("layers", "ops") if f"{name}." in everything]
    head = "import math\n\n" if "math." in everything else ""
    head += "import keras"
    if used_modules:
        head += f"\nfrom keras import {', '.join(used_modules)}"
    parts = [head, *(helper.rstrip() for helper in helpers), formatted(code)]
    return "\n\n\n".join(parts)


def used_functions(codes: Mapping[str, str], last: str) -> set[str]:
    """The functions that one reads, directly or through others."""
    found: set[str] = set()
    left = [last]
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            nodes = ast.walk(ast.parse(codes[name]))
            left += [one.id for one in nodes if isinstance(one, ast.Name) and one.id in codes]
    return found


def function_code(plan: FunctionPlan, functions: set[str]) -> str:
    """The code of a function, without any layout."""
    parameters: list[str] = []
    for one in plan.parameters:
        if one.is_keyword and "*" not in parameters:
            parameters.append("*")
        parameters.append(f"{one.name}={one.default}" if one.default else one.name)
    body = "\n".join(f"    {line}" for line in plan.lines)
    [function] = ast.parse(f"def {plan.name}({', '.join(parameters)}):\n{body}").body
    assert isinstance(function, ast.FunctionDef)
    given = {one.arg for one in (*function.args.args, *function.args.kwonlyargs)}
    targets = {
        node.id
        for node in ast.walk(function)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    taken = (given | targets | functions) - set(plan.values)
    named = with_names(function, plan.values, taken)
    named.body = tidied(named.body)
    named.body.insert(0, ast.Expr(ast.Constant(plan.docstring)))
    return ast.unparse(ast.fix_missing_locations(named))


def tidied(body: list[ast.stmt]) -> list[ast.stmt]:
    """Statements in which the last value is returned as it is calculated."""
    *before, last, returned = body
    match last, returned:
        case ast.Assign(targets=[ast.Name(name)], value=value), ast.Return(ast.Name(other)):
            if name == other:
                return [*before, ast.Return(value)]
    return body

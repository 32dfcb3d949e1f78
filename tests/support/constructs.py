"""Each construct of the language whose size a file chooses, as a function of that size.

`CONSTRUCTS` grow with the file.  `REPEATED` do so too, and repeat what they contain: their work is
the product, which the account of work must count.
"""

from __future__ import annotations

from collections.abc import Callable

Construct = Callable[[int], str]
HEAD = "input: 3x8x8\n"


def listed(text: str, n: int) -> str:
    """A text n times with its number, separated by commas."""
    return ", ".join(text.replace("#", str(index)) for index in range(n))


def network(*steps: str, head: str = "") -> str:
    return HEAD + head + "layers:\n" + "".join(f"- {step}\n" for step in steps)


def calls(block: str, n: int, head: str = "", arguments: str = "") -> str:
    """A block that is called n times."""
    call = f"{{b: {arguments}, repeat: {n}}}"
    return network(call, head=f"{head}blocks:\n  b: {{{block}}}\n")


REPEATED: dict[str, Construct] = {
    "counters": lambda n: network(f"{{relu: , for: {{{listed(f'a#: {n}', n)}}}}}"),
    "variables around iterations": lambda n: network(
        f"{{relu: , repeat: {n}}}", head=f"vars: {{{listed('v#: 1', n)}}}\n"
    ),
    "variables around calls": lambda n: calls(
        "layers: [relu]", n, head=f"vars: {{{listed('v#: 1', n)}}}\n"
    ),
    "variables around loops in loops": lambda n: network(
        f"{{repeat: {n}, layers: [{{relu: , repeat: 1}}]}}",
        head=f"vars: {{{listed('v#: 1', n)}}}\n",
    ),
    "parameters around loops": lambda n: calls(
        f"params: [{listed('p#=1', n)}], layers: [{{repeat: {n}, layers: "
        "[{relu: , for: {k: 1}}]}]",
        1,
    ),
    "defaults": lambda n: calls(f"params: [{listed('p#=1', n)}], layers: [relu]", n),
    "arguments": lambda n: calls(
        f"params: [{listed('p#', n)}], layers: [relu]", n, arguments=f"[{listed('#', n)}]"
    ),
    "let": lambda n: calls(f"let: {{{listed('p#: 1', n)}}}, layers: [relu]", n),
    "inputs of a block": lambda n: network(
        f"{{b: , from: [{listed('input', n)}], repeat: {n}}}",
        head=f"blocks:\n  b: {{inputs: [{listed('x#', n)}], layers: [], outputs: "
        f"[{listed('x#', n)}]}}\n",
    ),
    "values in a flow": lambda n: network(
        f"{{from: [{listed('input', n)}]}}",
        f"{{relu: , when: in_channels < 0, repeat: {n}}}",
        "{from: input}",
    ),
    "operands": lambda n: network(f"{{add: [{listed('input', n)}], repeat: {n}}}"),
    "numbers as operands": lambda n: network(f"{{add: [input, {listed('1', n)}], repeat: {n}}}"),
    "lists that are compared": lambda n: network(
        f"{{relu: , when: a == b, repeat: {n}}}",
        head=f'vars: {{a: "[0] * {n}", b: "[0] * {n}"}}\n',
    ),
    "nested lists that are compared": lambda n: network(
        f"{{relu: , when: a == b, repeat: {n}}}",
        head=f'vars: {{a: "[[0] * {n}]", b: "[[0] * {n}]"}}\n',
    ),
    "lists as arguments": lambda n: network(
        f"{{select: a, repeat: {n}}}", head=f'vars: {{a: "[0] * {n}"}}\n'
    ),
    "nested lists as arguments of a call": lambda n: calls(
        "params: [p], layers: [relu]", n, head=f'vars: {{a: "[[1] * {n}] * 20"}}\n', arguments="a"
    ),
    "parts of a reference": lambda n: network(
        f"{{relu: , when: 'size(r{'[0]' * (n // 4)})', repeat: {n}}}", "{relu: , name: r}"
    ),
    "shared groups in calls": lambda n: calls(
        f"layers: [{{shared: t, layers: [{{layers: [{listed('relu', n)}], when: false}}, relu]}}]",
        n,
    ),
    "automatic names in calls": lambda n: calls(
        f"layers: [{{act: }}, {{layers: [{listed('relu', n)}], when: false}}]",
        n,
        head="vars: {act: relu}\n",
    ),
    "tensors of a layer": lambda n: network(
        f"{{for: {{k: {n}}}, layers: [{{lstm: k + 1, layers: {n}, bidirectional: true}}]}}"
    ).replace(HEAD, "input: 3x8\n"),
    "hints for what is missing": lambda n: network(
        f"{{layers: [{listed('{relu: , name: inner#}', n)}], name: g}}",
        f"{{repeat: {n}, layers: [{{relu: , from: inner}}]}}",
        "{layers: [{relu: , name: inner}], name: h}",
    ),
}
"""n of what the construct contains, n times."""

CONSTRUCTS: dict[str, Construct] = {
    "parameters": lambda n: calls(f"params: [{listed('p#=1', n)}], layers: [relu]", 1),
    "duplicate parameters": lambda n: calls(
        f"params: [{listed('p#=1', n)}, p0], layers: [relu]", 1
    ),
    "inputs of the network": lambda n: (
        f"input: {{{listed('x#: 3x8x8', n)}}}\nlayers:\n"
        + "".join(f"- {{relu: , from: x{index}}}\n" for index in range(n))
    ),
    "inputs": lambda n: calls(f"inputs: [{listed('x#', n)}], layers: [relu]", 1),
    "unclosed calls": lambda n: HEAD + f"layers: [f(, {listed('a', n)}]\n",
    "references that end in digits": lambda n: network(
        f"{{relu: , from: {'1' * min(n, 3000)}a}}", *["relu"] * n
    ),
    "steps below variables": lambda n: network(
        *["relu"] * n, head=f"vars: {{{listed('v#: 1', n)}}}\n"
    ),
    "bindings below variables": lambda n: network(
        *["{relu: , for: {k: 1}}"] * n, head=f"vars: {{{listed('v#: 1', n)}}}\n"
    ),
    "variables that hold a block": lambda n: network(
        *["{u: }"] * n,
        head="vars: {u: b0}\nblocks:\n"
        + "".join(f"  b{i}: {{params: [p=1], layers: [relu]}}\n" for i in range(n)),
    ),
    "fields that grow": lambda n: network(f"{{conv: 1, kernel: 1, stride: 9999, repeat: {n}}}"),
    "variants": lambda n: (
        HEAD
        + f"vars: {{{listed('v#: 1', 5)}}}\nlayers: [relu]\nvariants: {{{listed('x#: {}', n)}}}\n"
    ),
}
"""n of what the construct contains."""

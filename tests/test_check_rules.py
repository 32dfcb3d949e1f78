"""Each rule: its examples, what it must report, and what it must not report."""

from __future__ import annotations

import re
import time

import pytest

from cnncalc.check.file import check_file
from cnncalc.check.fixes import apply_fixes
from cnncalc.check.result import FileResult
from cnncalc.lint.registry import RULES, load_rule
from cnncalc.lint.selection import select_rules

DEFAULT = select_rules(None, ())


def found(text: str, *rules: str) -> list[tuple[int, int, str]]:
    """Line, column and rule of everything that is found."""
    result = check_file(text.encode(), "network.yaml", rules or DEFAULT)
    assert result is not None
    problems = [finding.problem for finding in result.findings]
    return [(problem.span.line, problem.span.column, problem.rule) for problem in problems]


def fixed(text: str) -> str:
    def check(data: bytes) -> FileResult | None:
        return check_file(data, "network.yaml", DEFAULT)

    return apply_fixes(text.encode(), check).data.decode()


def examples(name: str) -> list[str]:
    return re.findall(r"```yaml\n(.*?)```", load_rule(name).doc, re.DOTALL)


@pytest.mark.parametrize("name", RULES)
def test_examples(name: str) -> None:
    """The first example of a rule fails by that rule alone, the second passes all default rules."""
    fails, passes = examples(name)
    enabled = {*DEFAULT, name} - {"receptive-field", "dense-on-map"} | {name}
    assert {entry[2] for entry in found(fails, *enabled)} == {name}
    assert not found(passes, *enabled)
    assert (load_rule(name).name == name and name in DEFAULT) or not load_rule(name).default


def test_off_by_default() -> None:
    assert set(RULES) - set(DEFAULT) == {"tensor-core-channels", "missing-expect"}


LINEAR = "input: 3x32x32\nlayers:\n"

QUIET = {
    "padding in float32": ("padding-copy", "  - {conv: 8, kernel: 3, padding: 1, stride: 2}\n"),
    "padding that makes the output larger than `same` does": (
        "padding-copy",
        "  - {conv: 8, kernel: 3, padding: 2}\ndtype: int8\n",
    ),
    "a projection whose stride leaves the last pixel out": (
        "stride-leftover",
        "  - {conv: 8, stride: 2}\n",
    ),
    "unread padding": (
        "stride-leftover",
        "  - {conv: 8, kernel: 3, stride: 2, padding: 1}\n",
    ),
    "a pooling that is rounded up": (
        "stride-leftover",
        "  - {maxpool: 3, stride: 2, ceil: true}\n",
    ),
    "a bias before a norm over channels": ("bias-before-norm", "  - {conv: 8}\n  - layernorm\n"),
    "a bias before a norm of groups": ("bias-before-norm", "  - {conv: 8}\n  - {groupnorm: 2}\n"),
    "a bias that another reader sees": (
        "bias-before-norm",
        "  - {conv: 8, name: c}\n  - bn\n  - {add: [c, []]}\n",
    ),
    "a depthwise-separable convolution": (
        "missing-activation",
        "  - {depthwise: 3}\n  - {conv: 8}\n",
    ),
    "a linear bottleneck": ("missing-activation", "  - {conv: 2}\n  - bn\n  - {conv: 8}\n"),
    "a kernel by its axes": (
        "missing-activation",
        "  - {conv: 3, kernel: 1x7}\n  - {conv: 3, kernel: 7x1}\n",
    ),
    "a residual between": (
        "missing-activation",
        "  - {conv: 3}\n  - {add: [[], input]}\n  - {conv: 3}\n",
    ),
    "dropout before a convolution": (
        "dropout-before-norm",
        "  - {dropout: 0.1}\n  - {conv: 8, bias: false}\n  - bn\n",
    ),
    "squeeze and excitation": (
        "receptive-field",
        "  - {conv: 8}\n  - mul: [[], [global_avgpool, {conv: 8}, sigmoid]]\n",
    ),
    "a dense layer after a global pooling": (
        "dense-on-map",
        "  - global_avgpool\n  - flatten\n  - {linear: 100}\n",
    ),
    "a value that is an output": ("unread-value", "  - {output: [relu], name: side}\n  - relu\n"),
    "an input that is an output": ("unread-input", "  - {output: [], from: input}\n  - relu\n"),
    "a gate": ("lone-operand", "  - {mul: [tanh, sigmoid]}\n"),
    "the input and its activation": ("lone-operand", "  - {concat: [[], relu]}\n"),
    "a norm after a branch": (
        "lone-operand",
        "  - {add: [[{conv: 3, kernel: 1}, bn], bn]}\n",
    ),
    "an activation that is put into a list": (
        "lone-operand",
        "  - {mul: [{conv: 3, kernel: 1}, [sigmoid]]}\n",
    ),
    "branches with names": (
        "lone-operand",
        "  - {mul: {value: {conv: 3, kernel: 1}, gate: sigmoid}}\n",
    ),
    "an activation of another value": (
        "lone-operand",
        "  - {relu: , name: a}\n  - {mul: [{conv: 3, kernel: 1}, {sigmoid: , from: a}]}\n",
    ),
    "a pooling next to a convolution": (
        "lone-operand",
        "  - {concat: [{maxpool: 2}, {conv: 3, kernel: 2, stride: 2}]}\n",
    ),
    "a condition on the input": (
        "when-never-true",
        "  - {conv: 3, when: in_channels != 3}\n  - relu\n",
    ),
    "a kernel in any place": ("implicit-kernel", "  - {conv: 8, bias: false, kernel: 3x1}\n"),
    "a depthwise convolution, which is 3x3": ("implicit-kernel", "  - {depthwise: , stride: 2}\n"),
    "a list bound to its own name": (
        "shadowed-name",
        "  - {conv: w, for: {w: w}}\nvars: {w: [4, 8]}\n",
    ),
}


@pytest.mark.parametrize("name", QUIET)
def test_no_false_alarm(name: str) -> None:
    enabled, layers = QUIET[name]
    assert not found(LINEAR + layers, enabled)


def test_a_kernel_is_missed_in_every_place() -> None:
    text = (
        "input: 3x8x8\nblocks:\n  never: {layers: [{conv_transpose: 4, stride: 2}]}\n"
        "layers:\n  - conv: 4\n    bias: false\n"
        "  - add: [{local_conv: 4}, [{conv: 4, when: false}]]\n"
        "  - {output: [{layers: [{conv: 4}]}]}\n"
    )
    places = [(3, 21), (5, 5), (7, 12), (7, 30), (8, 26)]
    assert found(text, "implicit-kernel") == [(*place, "implicit-kernel") for place in places]


def test_bias_only_where_every_call_is_followed_by_a_norm() -> None:
    text = (
        "input: 3x8x8\nblocks:\n  c: {layers: [{conv: 4, kernel: 3}]}\n"
        "layers:\n  - c\n  - bn\n  - c\n"
    )
    assert not found(text, "bias-before-norm")
    assert found(text + "  - bn\n", "bias-before-norm") == [(3, 17, "bias-before-norm")]


def test_a_block_is_reported_once_with_its_calls() -> None:
    text = (
        "input: 3x8x8\nblocks:\n"
        "  inner: {layers: [{conv: 4}, bn]}\n  outer: {layers: [inner, relu]}\n"
        "layers:\n  - {outer: , repeat: 3}\n  - outer\n"
    )
    result = check_file(text.encode(), "network.yaml", ("bias-before-norm",))
    assert result is not None
    (finding,) = result.findings
    assert [(call.label, call.span.line) for call in finding.problem.calls] == [
        ("block `inner`", 4),
        ("block `outer`", 6),
    ]


def test_a_switch_is_not_a_condition_that_is_never_true() -> None:
    text = (
        "input: 3x8x8\nvars: {se: false}\nblocks:\n"
        "  b: {params: [on], layers: [{conv: 4}, {relu: , when: on}]}\nlayers:\n"
    )
    assert not found(text + "  - {b: se}\n", "when-never-true")
    assert found(text + "  - {b: false}\n  - {relu: , when: se}\n", "when-never-true") == [
        (4, 56, "when-never-true")
    ]
    several = "  - {b: se}\nvariants:\n  one: {vars: {se: false}}\n  two:\n"
    assert found(text + several, "when-never-true") == [(4, 56, "when-never-true")]
    assert not found(text + several.replace("se: false", "se: true"), "when-never-true")


def test_unused_names_know_what_hides_them() -> None:
    text = (
        "input: 3x8x8\nvars: {k: 3}\nblocks:\n  b: {params: [k], layers: [{conv: k}]}\n"
        "layers:\n  - {b: 4}\n"
    )
    assert found(text, "unused-variable") == [(2, 8, "unused-variable")]
    assert not found(text.replace("b: 4", "b: k"), "unused-variable")
    assert not found(text.replace("params: [k]", "params: [k=k]"), "unused-variable")
    variant = "variants: {a: {vars: {w: k}}}\n"
    assert not found(
        text.replace("vars: {k: 3}", "vars: {k: 3, w: 4}").replace("b: 4", "b: w") + variant,
        "unused-variable",
    )


def test_a_block_that_is_the_value_of_a_variable_is_used() -> None:
    text = (
        "input: 3x8x8\nvars: {unit: a}\nblocks:\n  a: {layers: [relu]}\n  b: {layers: [b]}\n"
        "layers:\n  - {unit: }\n"
    )
    assert found(text, "unused-block") == [(5, 3, "unused-block")]


def test_taps_of_dilated_kernels() -> None:
    """33 pixels and dilation 36, as in DeepLabv3: of 3 x 3 weights only the middle one is used."""
    text = "input: 8x33x33\nlayers:\n  - {conv: 8, kernel: 3, padding: 36, dilation: 36}\n"
    result = check_file(text.encode(), "network.yaml", ("kernel-larger-than-input",))
    assert result is not None and "89 %" in result.findings[0].problem.hint
    assert not found(text.replace("36", "32"), "kernel-larger-than-input")


@pytest.mark.parametrize(
    "branches",
    [
        "[{conv: 3, kernel: 1}, bn, relu]",
        "[{conv: 3, kernel: 1}, relu, []]",
        "[input, {conv: 3, kernel: 1}, {leaky_relu: 0.1}]",
        "[b, relu, input]",
        "[{depthwise: 1}, {groupnorm: 1}, {conv: 3, kernel: 1}]",
    ],
)
def test_steps_that_are_branches(branches: str) -> None:
    """The second or third entry, which follows a layer and is a branch of its own."""
    text = f"input: 3x8x8\nblocks: {{b: {{layers: [abs]}}}}\nlayers:\n  - {{add: {branches}}}\n"
    assert {rule for _, _, rule in found(text, "lone-operand")} == {"lone-operand"}


def test_an_input_that_one_variant_reads() -> None:
    text = (
        "input: {x: 3x8x8, y: 3x8x8}\nvars: {both: false}\nlayers:\n  - {relu: , from: x}\n"
        "  - {add: [[], y], when: both}\nvariants:\n  one: {}\n  two: {vars: {both: true}}\n"
    )
    assert not found(text, "unread-input")
    text = text.replace("both: true", "both: false")
    assert found(text, "unread-input") == [(1, 22, "unread-input")]


# Comments


def test_suppression_on_the_line_of_the_file_and_of_a_call() -> None:
    text = "input: 3x8x8\nblocks:\n  c: {layers: [{conv: 4, kernel: 1}, bn]}\nlayers:\n  - c\n"
    assert found(text)
    for line in (3, 5):
        lines = text.splitlines()
        lines[line - 1] += "  # cnncalc: ignore[bias-before-norm]"
        assert not found("\n".join(lines) + "\n")
    assert not found("# because; cnncalc: ignore[bias-before-norm]\n" + text)
    assert found(
        text.replace("layers:\n", "layers:\n  # cnncalc: ignore[bias-before-norm]\n")
    )  # on no line of it


def test_a_scalar_is_not_a_comment() -> None:
    mark = "# cnncalc: ignore[bias-before-norm]"
    conv = f'{{conv: 4, kernel: 1, name: "x {mark}"}}'
    text = f'input: 3x8x8\nname: "a\n  {mark}"\nlayers:\n  - {conv}\n  - bn\n'
    assert [entry[2] for entry in found(text.replace("]", "").replace("[", "-"))] == [
        "bias-before-norm"
    ]
    assert "stale-suppression" not in {entry[2] for entry in found(text)}


def test_errors_cannot_be_suppressed() -> None:
    text = "# cnncalc: ignore[expect]\ninput: 3x8x8\nlayers: [relu]\nexpect: {params: 3}\n"
    assert [entry[2] for entry in found(text)] == ["stale-suppression", "expect"]


def test_a_rule_that_is_not_enabled_is_not_stale() -> None:
    text = "input: 3x8x8\nlayers:\n  - {conv: 4, kernel: 1}  # cnncalc: ignore[bias-before-norm]\n"
    assert not found(text, "missing-activation", "stale-suppression")
    assert found(text) == [(3, 45, "stale-suppression")]


# Fixes


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("  - {conv: 4}\n", "  - {conv: 4, bias: false}\n"),
        ("  - { conv: 4 } # x\n", "  - { conv: 4, bias: false } # x\n"),
        ("  - {conv: 4, bias: true}\n", "  - {conv: 4, bias: false}\n"),
        ("  - {conv: 4,\n     kernel: 3}\n", "  - {conv: 4,\n     kernel: 3, bias: false}\n"),
        ("  - conv: 4\n    kernel: 3\n", "  - conv: 4\n    bias: false\n    kernel: 3\n"),
        ('  - {name: "a}", conv: "4"}\n', '  - {name: "a}", conv: "4", bias: false}\n'),
        ("  - depthwise\n", "  - depthwise\n"),
        ("  - {conv: 4, bias: 1 == 1}\n", "  - {conv: 4, bias: 1 == 1}\n"),
        ("  - {conv: 4}  # cnncalc: ignore[unused-block]\n", "  - {conv: 4, bias: false}\n"),
        (
            "  - {conv: 4}  # cnncalc: ignore[unused-block, bias-before-norm]\n",
            "  - {conv: 4}  # cnncalc: ignore[bias-before-norm]\n",
        ),
        (
            "  - {conv: 4}  # why, cnncalc: ignore[unused-block]\n",
            "  - {conv: 4, bias: false}  # why\n",
        ),
        ("  # cnncalc: ignore[unused-block]\n  - {conv: 4}\n", "  - {conv: 4, bias: false}\n"),
    ],
)
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_fixes(before: str, after: str, ending: str) -> None:
    text = "input: 3x8x8 # first\nlayers:\n{}  - bn\n  - relu # last\n"
    assert fixed(text.format(before).replace("\n", ending)) == text.format(after).replace(
        "\n", ending
    )


def test_fix_at_the_end_of_a_file_without_a_last_line_break() -> None:
    text = "input: 3x8x8\nblocks: {n: {layers: [bn]}}\nlayers:\n  - conv: 4\n  - n"
    assert fixed(text) == text.replace("conv: 4", "conv: 4\n    bias: false")


def test_one_fix_that_breaks_an_expectation_leaves_the_others() -> None:
    text = (
        "input: 3x8x8\nlayers:\n  - {conv: 4, name: a}\n  - bn\n  - relu\n"
        "  - {conv: 4, name: b}\n  - bn\n"
        "expect: {layers: {a: {params: 16}}}\n"
    )
    assert fixed(text) == text.replace("name: b", "name: b, bias: false")


# What a file can cost

LARGE = {
    "many poolings of one map": (
        "layers:\n  - {output: [global_avgpool], repeat: 20000, name: a}\n  - relu\n"
    ),
    "a long path to many layers": (
        "layers:\n  - flatten\n  - {relu: , repeat: 20000}\n"
        "  - {output: [{linear: 1}], repeat: 20000, name: a}\n  - relu\n"
    ),
    "a block that finds something in each call": (
        "blocks:\n  b: {layers: [{output: [{maxpool: 2}], name: o}]}\n"
        "layers:\n  - {b: , repeat: 20000}\n  - relu\n"
    ),
    "a kernel of a million": "layers:\n  - {conv: 1, kernel: 1000000, padding: 1000000}\n",
}


@pytest.mark.slow
@pytest.mark.parametrize("name", LARGE)
def test_rules_cost_no_more_than_the_size_of_a_network(name: str) -> None:
    """CPU time, as a guard against hanging: looking at all pairs of layers would take minutes."""
    begin = time.process_time()
    found("input: 3x9x9\n" + LARGE[name], *RULES)
    assert time.process_time() - begin < 20


@pytest.mark.slow
def test_variants_are_bounded_together() -> None:
    text = "input: 3x8x8\nvars: {n: 90000}\nlayers:\n  - {relu: , repeat: n}\nvariants:\n"
    text += "".join(f"  v{index}:\n" for index in range(50))
    result = check_file(text.encode(), "network.yaml", ())
    assert result is not None and [finding.problem.rule for finding in result.findings] == ["limit"]
    assert len(result.numbers) == 50 and result.numbers["v0"] and result.numbers["v49"] is None

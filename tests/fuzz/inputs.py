"""Random inputs for the campaign: networks put together at random, and files damaged at random."""

from __future__ import annotations

from pathlib import Path
from random import Random

from ..support.damage import PIECES, damaged

HERE = Path(__file__).parent
SEEDS = [
    path.read_text("utf-8", errors="replace")
    for folder in (HERE.parent / "networks" / "good", HERE.parent / "networks" / "bad")
    for path in sorted(folder.glob("*.yaml"))
    if path.stat().st_size < 4000
]


def generated(random: Random) -> bytes:
    """One input: mostly damaged files, some random networks, a few random marks or bytes."""
    kind = random.random()
    if kind < 0.70:
        return damaged(random, random.choice(SEEDS), SEEDS).encode("utf-8", "replace")
    if kind < 0.90:
        text = network(random)
        return (damaged(random, text, SEEDS) if random.random() < 0.5 else text).encode(
            "utf-8", "replace"
        )
    if kind < 0.98:
        return "".join(random.choices(PIECES, k=random.randint(0, 40))).encode("utf-8", "replace")
    return bytes(random.choices(range(256), k=random.randint(0, 60)))


# Networks that may be right

PLAIN = (
    "relu",
    "bn",
    "sigmoid",
    "dropout",
    "identity",
    "gelu",
    "silu",
    "lrn",
    "instancenorm",
    "softmax",
    "abs",
    "squash",
)
WINDOWS = ("maxpool", "avgpool", "unpool", "unfold")


def network(random: Random) -> str:
    shape = random.choice(("3x16x16", "8", "4x12", "2x6x6x6", "6x1x1", "1x9x7"))
    lines = [f"input: {shape}", "vars: {w: [4, 8], d: 2, unit: block, on: true}"]
    lines += ["blocks:", "  block:", "    params: [out, k=1]"]
    lines += [
        "    layers:",
        *(
            f"      - {step(random, 0, ['out', 'k', 'in_channels'])}"
            for _ in range(random.randint(1, 3))
        ),
    ]
    numbers = ["w[0]", "d", "in_channels", "4"]
    lines += ["layers:", *(f"  - {step(random, 0, numbers)}" for _ in range(random.randint(1, 7)))]
    return "\n".join(lines) + "\n"


COMMON = (
    "",
    "",
    "",
    ", name: n1",
    ", name: n2",
    ", when: on",
    ", repeat: d",
    ", shared: t",
    ", for: {k: [1, 3]}",
    ", trainable: false",
    ", from: input",
)
SLIDING = ("conv", "conv", "conv_transpose", "depthwise", "local_conv")


def step(random: Random, depth: int, numbers: list[str]) -> str:
    """A step of any kind; deep down a plain one."""
    kind = random.randrange(12)
    if kind < 3 or depth > 3:
        return random.choice(PLAIN)
    common = random.choice(COMMON) + random.choice(COMMON)
    size, number = random.randint(1, 4), quoted(random.choice(numbers))
    if kind < 6:
        layer = random.choice(SLIDING)
        window = f"stride: {random.randint(1, 2)}, padding: {random.choice(('0', '1', 'same'))}"
        return f"{{{layer}: {size if layer == 'depthwise' else number}, {window}{common}}}"
    if kind == 6:
        return f"{{{random.choice((*WINDOWS, 'linear', 'lstm'))}: {size}{common}}}"
    if kind == 7:
        return f"{{{random.choice((f'unit: {number}', f'block: [{size}, {number}]'))}{common}}}"
    inner = ", ".join(step(random, depth + 1, numbers) for _ in range(random.randint(1, 2)))
    if kind in (8, 9):
        return f"{{{'layers' if kind == 8 else 'output'}: [{inner}]{common}}}"
    join, other = (
        random.choice(("add", "concat", "mul", "max", "matmul")),
        random.choice(("[]", "input", "n1", "2")),
    )
    return f"{{{join}: [[{inner}], {other}]{common}}}"


def quoted(text: str) -> str:
    return f'"{text}"' if "[" in text else text

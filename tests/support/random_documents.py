"""Random files without errors, with every kind of step, key and value, and with odd names.

They need not build: what is tested is how files are read and written.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

EMPTY = "\0"
"""A value that is left out, as in `{relu: }`."""
Value = str | list["Value"] | dict[str, "Value"]

ODD = [*"éß中😀#:'\"{}-?!&|>%@`\\~= ;<$+/0", ": ", " #", "null"]
CONTROL = [*"\n\t\x07\u2028\u200b\U000e0001\xa0 \ufeff"]
WORDS = ("relu", "bn", "flatten", "global_avgpool", "identity", "unit", "relu6")
JOINS = ("concat", "add", "sub", "max", "matmul")


def flow_yaml(value: Value) -> str:
    """A value as YAML, whose texts are in quotes, each character an escape."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{flow_yaml(k)}: {flow_yaml(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return f"[{', '.join(map(flow_yaml, value))}]"
    if value == EMPTY:
        return ""
    escapes = [f"\\U{ord(mark):08x}" for mark in value]
    return f'"{"".join(escapes)}"'


def random_file(random: Random) -> str:
    """The text of a file without errors."""
    return flow_yaml(FileMaker(random).file())


class FileMaker:
    """Makes one file; the names of steps and variables are different everywhere in it."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.count = 0
        self.named = ["input"]

    # Names and values

    def chance(self, share: float = 0.5) -> bool:
        return self.random.random() < share

    def word(self) -> str:
        """A name of a variable."""
        self.count += 1
        return self.random.choice(("v", "on", "no", "y", "null", "pad")) + str(self.count)

    def name(self) -> str:
        """A name of a step, variant or operand, of characters that YAML gives a meaning."""
        self.count += 1
        marks = self.random.choices(ODD, k=self.random.randint(0, 3))
        name = f"{''.join(marks)}n{self.count}".strip()
        return name + self.random.choice(("", "", "'", '"', ":", " #", "?", "}", "\\"))

    def text(self) -> str:
        marks = self.random.choices([*ODD, *CONTROL, *",[]*"], k=6)
        return f"{''.join(marks)}x{''.join(marks[:2])}"

    def value(self, names: Sequence[str], depth: int = 0) -> Value:
        """The text of an expression, or a list of them."""
        some = self.random.choice(names) if names else "7"
        kind = self.random.randrange(16)
        if kind == 0 and depth < 3:
            return [self.value(names, depth + 1) for _ in range(self.random.randint(0, 3))]
        if kind == 1 and depth < 2:
            return [f"{some} * {number}" for number in range(self.random.choice((9, 60)))]
        texts = [some, "3x5", f"max(8, {some})", f"[1, {some}, [2, 3]]", "[1,2]", "[1, ]", "[]"]
        texts += [f"4 * {some}", f"-{some}", f"not {some}", " 7 ", "1_000", "0.5"]
        texts += [f"{some}[0] if {some} != 1 else {some}", "none", "true"]
        return self.random.choice(texts)

    def values(self, names: Sequence[str], in_order: bool = True) -> dict[str, Value]:
        """Names with values, which may read those above them if they are evaluated in order."""
        found: dict[str, Value] = {}
        for _ in range(self.random.randint(1, 3)):
            found[self.word()] = self.value([*names, *found] if in_order else names)
        return found

    def reference(self) -> str:
        name = self.random.choice(self.named)
        return name + self.random.choice(("", "", "", ".0", "[1]", ".*", ".inner", "[max(1, 2)]"))

    # Steps

    def steps(self, names: Sequence[str], depth: int = 0) -> list[Value]:
        return [self.step(names, depth) for _ in range(self.random.randint(1, 3))]

    def step(self, names: Sequence[str], depth: int) -> Value:
        if self.chance(0.2):
            return self.random.choice(WORDS)
        if self.chance(0.1):
            source: dict[str, Value] = {"from": self.sources()}
            return source | ({"name": self.given()} if self.chance() else {})
        common: dict[str, Value] = {}
        inner = list(names)
        if self.chance(0.2):
            bound = self.values(names, in_order=False)
            common["for"] = bound
            inner += bound
        common |= self.common(inner)
        if self.chance(0.3) and depth < 4:
            own = self.nested(inner, depth)
        elif self.chance(0.3) and depth < 4:
            own = self.join(inner, common, depth)
        else:
            own = self.call(inner)
        pairs = [*own.items()]
        for key, value in common.items():
            pairs.insert(self.random.randint(0, len(pairs)), (key, value))
        return dict(pairs)

    def given(self) -> str:
        name = self.name()
        self.named.append(name)
        return name

    def sources(self) -> Value:
        if self.chance():
            return self.reference()
        return [self.reference() if self.chance(0.7) else [] for _ in range(2)]

    def common(self, names: Sequence[str]) -> dict[str, Value]:
        found: dict[str, Value] = {}
        if self.chance(0.2):
            found["from"] = self.sources()
        if self.chance(0.2):
            found["when"] = self.value(names)
        if self.chance(0.2):
            found["trainable"] = self.value(names)
        if self.chance(0.1):
            found["dtype"] = self.data_type()
        if self.chance(0.2):
            found["shared"] = self.random.choice(("false", "tag", "a: b", "x, y", "#1"))
        if self.chance(0.3):
            found["name"] = self.given()
        return found

    def nested(self, names: Sequence[str], depth: int) -> dict[str, Value]:
        if self.chance(0.7):
            return {"layers": self.steps(names, depth + 1)}
        only = {"training_only": self.value(names)} if self.chance() else {}
        return {"output": self.steps(names, depth + 1), **only}

    def join(self, names: Sequence[str], common: dict[str, Value], depth: int) -> dict[str, Value]:
        """A join; with `across`, each operand reads what that binds."""
        kind = self.random.choice(JOINS)
        if self.chance(0.2):
            bound = self.values(names, in_order=False)
            common["across"] = bound
            number = next(iter(bound))
            return {kind: [{"conv": number}, [{"conv": number}, "relu"], number]}
        operands = [self.operand(names, depth) for _ in range(self.random.randint(1, 3))]
        if self.chance(0.3):
            return {kind: {self.given(): operand for operand in operands}}
        return {kind: list(operands)}

    def operand(self, names: Sequence[str], depth: int) -> Value:
        kind = self.random.randrange(7)
        if kind == 0:
            return self.reference()
        if kind == 1:
            return self.random.choice(("2", "0.5", "unit", "relu", "flatten", "[1, 2]", "-1"))
        if kind == 2:
            return {self.random.choice(("unit", "bn", "relu6", "flatten")): EMPTY}
        if kind == 3:
            call = self.call(names)
            return {**call, **self.common(names)}
        return self.steps(names, depth + 1) if self.chance(0.7) else []

    def call(self, names: Sequence[str]) -> dict[str, Value]:
        """A layer, a block, a variable that holds one, or a custom step."""
        kind = self.random.randrange(7)
        one = self.value(names)
        if kind == 0:
            return {"conv": one, "kernel": self.value(names), "padding": "same"}
        if kind == 1:
            return {"conv": EMPTY, "kernel": "3x5", "out": one, "weights": self.reference()}
        if kind == 2:
            more = [self.value(names)] if self.chance() else []
            return {"block": [one, *more]}
        if kind == 3:
            single = one if isinstance(one, str) else "3"
            return {"block": single, "k": self.value(names)} if self.chance() else {"block": "[1]"}
        if kind == 4:
            return {"block": EMPTY, "k": self.value(names), "out": one}
        if kind == 5:
            several: list[Value] = ["1", "2"]
            return {"unit": self.random.choice((EMPTY, "3", "[1, 2]", several)), "k": one}
        weights = {self.name(): self.value(names) for _ in range(2)}
        return {"custom": self.text(), "shape": one, "weights": weights, "macs": "4"}

    # The file

    def block(self, variables: Sequence[str], out: Sequence[str]) -> Value:
        self.named, before = ["input"], self.named
        inputs = [self.given() for _ in range(self.random.randint(0, 2))]
        params = [
            self.random.choice(out),
            self.random.choice(("k=1", "k = [1, 2]", "k=max(1, out)", "k=3x5")),
        ]
        lets = self.values([*variables, "out", "in_channels"])
        found: dict[str, Value] = {"params": list(params), "let": lets}
        if inputs:
            found["inputs"] = [*inputs[:-1], inputs[-1] + self.random.choice(("", ".*"))]
        found["layers"] = self.steps([*variables, *lets, "out", "k"]) if self.chance(0.9) else []
        if self.chance():
            found["outputs"] = [self.reference() for _ in range(2)]
        self.named = before
        return found

    def expectations(self) -> Value:
        numbers = {"params": "1.5M", "macs": "1_000", "peak_bytes": "1.5 MiB", "output": "3x4"}
        network = {name: numbers[name] for name in ("params", "output") if self.chance()}
        found: dict[str, Value] = {**network}
        if self.chance():
            found["layers"] = {self.reference(): {"macs": "2k"} for _ in range(2)}
        return found

    def metadata(self) -> dict[str, Value]:
        found: dict[str, Value] = {}
        if self.chance():
            found["name"] = self.text()
        if self.chance():
            found["source"] = self.text()
        if self.chance():
            found["expect"] = self.expectations()
        if self.chance():
            found["budget"] = {"params": "20k", "peak_bytes": "2 MiB"} if self.chance() else {}
        if self.chance():
            found["accuracy"] = {"top1": "76.130", "miou": "5", "source": self.text()}
        return found

    def variant_name(self) -> str:
        return self.name().translate(dict.fromkeys(map(ord, "@/\\")))

    def variant(self) -> Value:
        return {"vars": {"bn": "2"}, **self.metadata()} if self.chance() else EMPTY

    def data_type(self) -> Value:
        if self.chance():
            return {"weights": self.random.choice(("uint4", "int2")), "activations": "float16"}
        return self.random.choice(("int8", "w4a8", "int4 if bn == 1 else binary"))

    def file(self) -> Value:
        variables = {"unit": "block", "bn": "1", **self.values(["unit", "bn"])}
        shape: Value = "3x8x8" if self.chance() else ["3", "8"]
        if self.chance(0.3):
            shape = {self.given(): "3x8x8", "input": ["3", "8", "8"]}
        found: dict[str, Value] = {"input": shape, "vars": variables, **self.metadata()}
        if self.chance():
            found |= {"year": "0987", "task": self.text(), "dtype": self.data_type()}
        found["blocks"] = {
            "block": self.block([*variables], ("out", "out=4")),
            "relu6": self.block([*variables], ("out=4",)),  # the name of a layer
        }
        if self.chance(0.4):
            found.pop("expect", None)
            found.pop("accuracy", None)
            found["variants"] = {self.variant_name(): self.variant() for _ in range(3)}
        found["layers"] = self.steps([*variables])
        return found

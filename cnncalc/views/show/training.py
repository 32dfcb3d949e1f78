"""The memory of a training step, in words."""

from __future__ import annotations

from collections.abc import Iterator

from ...devices.training import OPTIMIZERS
from ...devices.training_memory import Training, TrainingMemory
from ...escape import safe
from ...named_tuple import NamedTuple
from ..layout import bold, faint, wrapped
from ..style import Style
from ..text import percent
from .deployment import with_remark
from .summary import byte_amount

NOT_COUNTED = "not counted: the workspace of cuDNN, the CUDA context, what the allocator rounds up"
ASSUMED_STEPS = (
    "{} is counted step by step, as PyTorch runs it without cuDNN and oneDNN; what these keep"
    " instead is not published"
)
ASSUMED = {
    "attention": "attention is counted in a fused kernel; without one, it keeps its scores, too"
}
"""What is counted of kinds of which PyTorch has several implementations."""

PEAK_ERROR = "the peak was within 0.2 % of that of PyTorch 2.14's tensors, for 19 networks"
"""The rows of training_peaks.csv and torch_training_peak.csv in tests/."""


class TrainingLine(NamedTuple):
    """One line: what is needed, and a remark."""

    title: str
    amount: str
    remark: str


def training_text(found: Training, style: Style) -> str:
    """The lines under the name of the optimizer, and what they do not count."""
    lines = list(training_lines(found, style.exact))
    titles, amounts = (max(len(line[column]) for line in lines) for column in (0, 1))
    texts = [bold(wrapped(training_title(found.memory), style), style)]
    for line in lines:
        start = f"{line.title:<{titles}}  {line.amount:>{amounts}}  "
        texts.append(with_remark(start, line.remark, style))
    remarks = training_remarks(found, style.exact)
    texts += [faint(wrapped(remark, style), style) for remark in remarks]
    return "\n".join(texts)


def training_title(memory: TrainingMemory) -> str:
    """The framework, the optimizer, the types and the batch."""
    precision = f"{memory.dtype} with mixed precision" if memory.amp else memory.dtype
    optimizer = OPTIMIZERS[memory.optimizer].title
    return f"Training in PyTorch: {optimizer}, {precision}, batch {memory.batch:,}"


def training_lines(found: Training, exact: bool) -> Iterator[TrainingLine]:
    """The parts, the peak, and the largest batch on a device."""
    memory = found.memory
    kept = "by autograd for the backward pass"
    yield TrainingLine("kept", byte_amount(memory.saved_bytes, exact), kept)
    trained = "of the trained parameters"
    yield TrainingLine("gradients", byte_amount(memory.gradient_bytes, exact), trained)
    states = OPTIMIZERS[memory.optimizer].states
    state = f"{states} value{'s' * (states != 1)} for each of them"
    yield TrainingLine("optimizer", byte_amount(memory.optimizer_bytes, exact), state)
    yield TrainingLine("peak", byte_amount(memory.peak_bytes, exact), peak_remark(memory, exact))
    if found.device is not None:
        yield device_line(found, exact)


def peak_remark(memory: TrainingMemory, exact: bool) -> str:
    """When the peak is, and its parts."""
    layer = memory.peak_layer
    when = f"backward pass of {safe(layer)}" if layer else "step of the optimizer"
    parts = peak_parts(memory)
    sizes = [f"{name} {byte_amount(size, exact)}" for name, size in parts.items() if size]
    return f"in the {when}: {' + '.join(sizes)}"


def peak_equation(memory: TrainingMemory) -> Iterator[str]:
    """The peak as the sum of its parts, in names and in bytes."""
    layer = memory.peak_layer
    when = f"backward pass of {safe(layer)}" if layer else "step of the optimizer"
    parts = {name: size for name, size in peak_parts(memory).items() if size}
    sizes = " + ".join(f"{size:,}" for size in parts.values())
    yield f"The peak is in the {when}: {' + '.join(parts)}"
    yield f"= {sizes} = {memory.peak_bytes:,} B"


def peak_parts(memory: TrainingMemory) -> dict[str, int]:
    """The parts that the peak is the sum of."""
    moment = memory.at_peak
    return {
        "parameters": memory.parameter_bytes,
        "buffers": memory.buffer_bytes,
        "optimizer": memory.optimizer_bytes,
        "inputs": memory.input_bytes,
        "kept": moment.kept,
        "gradients of weights": moment.weight_gradients,
        "gradients of values": moment.value_gradients,
        "temporaries": moment.temporaries,
    }


def device_line(found: Training, exact: bool) -> TrainingLine:
    """The largest batch that fits the RAM of the device."""
    device, largest = found.device, found.largest
    assert device is not None
    name = safe(device.name)
    if device.ram is None:
        return TrainingLine("batch", "", f"the RAM of {name} is not stated")
    ram = byte_amount(device.ram, exact)
    if largest is None:
        return TrainingLine("batch", "none", f"fits the {ram} of {name}")
    share = percent(largest.peak_bytes, device.ram)
    remark = f"the largest that fits {name}: its peak is {share} of {ram}"
    return TrainingLine("batch", f"{largest.batch:,}", remark)


def training_remarks(found: Training, exact: bool) -> Iterator[str]:
    """What a user may not expect, the error of the peak, and what it does not count."""
    memory, unmixed = found.memory, found.unmixed
    if memory.not_known:
        kinds = ", ".join(memory.not_known)
        yield f"note: what is kept of {kinds} is not known and not counted: training needs more"
    for kind in memory.assumed_kinds:
        yield f"note: {ASSUMED.get(kind, ASSUMED_STEPS)}".format(kind)
    if unmixed and unmixed.saved_bytes < memory.saved_bytes:
        more = byte_amount(memory.saved_bytes - unmixed.saved_bytes, exact)
        copies = byte_amount(memory.kept.weight_copies, exact)
        yield (
            f"note: mixed precision keeps {more} more for the backward pass than {memory.dtype}:"
            f" its copies of the weights in 16 bits, {copies}, are more than it saves"
        )
    yield f"{PEAK_ERROR}; {NOT_COUNTED}"

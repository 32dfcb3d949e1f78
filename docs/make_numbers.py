"""Generates docs/numbers.md from the table of quantities."""

from __future__ import annotations

from cnncalc.quantities import TABLE, Quantity

USES = {
    "expect": "`expect`",
    "budget": "`budget`",
    "baseline": "`--baseline`",
    "fail-on": "`--fail-on`",
    "compare": "`compare`",
    "column": "`--columns`",
}
"""The uses of a quantity as the page shows them."""

INTENSITY = """\
the arithmetic intensity: MACs per byte that a layer moves. Its weights, buffers, inputs and outputs
are each moved once"""

FIELD = """\
for each axis, the size of the receptive field in input pixels, its stride (the distance in input
pixels between neighboring outputs) and its offset (the center of the first output's field, counted
from 0)"""

PAGE = """\
# What each number means

<!-- Made from cnncalc/quantities.py and docs/make_numbers.py by `python docs/make.py`:
change those, not this page. -->

Tools that count the same network report different numbers, because they count different things
and do not state which. This page defines what cnncalc counts. All numbers are exact integers for
one sample. `--batch N` multiplies MACs, FLOPs, activations and peak memory by N, but never
parameters.

`cnncalc explain NET LAYER` derives each number of a layer from its formula
([explain.md](explain.md)). `--convention TOOL` shows what another tool counts, and why
([conventions.md](conventions.md)).

{quantities}
| `intensity` | {intensity} | {column} |
| `receptive_field` | {field} | {column} |

## MACs

| layer | MACs |
| --- | --- |
| `conv`, `depthwise`, `local_conv` | output elements x channels / groups x prod(kernel) |
| `conv_transpose` | input elements x out / groups x prod(kernel) |
| `linear` | in x out, at each position |
| `lstm`, `gru`, `rnn` | the number of elements of the weight matrices, at each time step |
| `conv_lstm` | output elements x 4 (C + out) x prod(kernel) |
| `attention` | P C dim + N Ckv (K + V) + P M (dim + value_dim) + P value_dim C |
| `matmul` | m x k x n for each index of the leading axes |
| `correlation` | output elements x C x prod(kernel) |

In an attention, P is the number of queries and C their channels, N is the number of keys and Ckv
their channels, and each query sees M keys. K and V are the sizes of the keys and values of one
position: dim and value_dim, less if several heads share them (`kv_heads`).

For a pruned layer (`density`), MACs and parameters count only the weights that are kept.

For example, the first layer of AlexNet applies 11x11 kernels to 3 channels and its output is
96x55x55, so it takes 96 x 55 x 55 x 3 x 11 x 11 = 105,415,200 MACs.

## FLOPs other than MACs

Each MAC counts as two FLOPs. The following FLOPs are added, per output element unless stated
otherwise:

| layer | FLOPs |
| --- | --- |
| a bias | 1 |
| `bn` | 2, because it can be folded into one multiplication and one addition |
| `layernorm`, `groupnorm`, `instancenorm` | 5, and 1 each for the weight and the bias |
| `rmsnorm`, `grn`, `l2norm` | 4, 5, 3 |
| `lrn` | size + 3 |
| activations | 1; `softmax` and `log_softmax` 3, `glu` 2 |
| `maxpool`, `avgpool` | prod(kernel) - 1, prod(kernel) |
| global and adaptive pooling, reductions | 1 per *input* element |
| `reduce_var`, `reduce_std` | 4 per *input* element, `reduce_std` 1 more per output element |
| `add`, `sub`, `mul`, `div`, `max` | operands - 1 |
| `scale` | 1; 2 with a bias |
| `upsample` | nearest 0, linear 3, bilinear 7, trilinear 15, bicubic 31 |
| `attention` | its biases, plus 3 per score (softmax), or 4 with a relative bias |
| `lstm`, `gru`, `rnn` | per time step: the biases, 1 per gate, 1 per state (2 in an `lstm`) |
| `conv_lstm` | 6; 4 more with a bias, 6 more with peepholes |
| `correlation` | 1 |
| layers that only move data | 0 |

## Peak memory

A value is live from the step that computes it to the last step that reads it, both included. The
inputs of the network are live from the start, and an output is live until the end. `flatten`,
`reshape`, `tokens`, `identity`, `dropout` and `droppath` create no new value. All other layers
do: a `relu`, for example, is not assumed to run in place.

The first step that reaches the peak is reported. In AlexNet this is the first relu, whose input
and output are 96x55x55 each: 2 x 290,400 elements x 4 bytes = 2,323,200 bytes.

## Flash

`flash_bytes` is the size of the weights as a device stores them for inference. Tables, totals and
JSON show it for networks with integer weights (`cnncalc show NET --dtype w8a8`), or if `--columns`
asks for it.

- A `bn` that is the only reader of a `conv`, `depthwise`, `linear` or `conv_transpose` at inference
  is folded into its weights, and gives it a bias if it has none; a `dropout` or `identity` between
  them is ignored. Any other `bn` is stored as one factor and one summand per channel, in the type
  of the activations, like the weights of other norms, of `scale` and of `prelu`.
- With integer activations, a bias takes 4 bytes per channel, or 8 if the activations have 16 bits
  or more. Otherwise, it has the type of the activations if the weights are integers, else that of
  the weights.
- All other weights and buffers have the type of the weights. `weight_g` of a weight norm is
  multiplied into them.
- Shared weights are stored once, or once per norm if different norms are folded into them.

MobileNetV1 with a width of 0.25 and 5 classes has 208,880 weights and 2,741 biases, so in `int8`
this is 208,880 + 2,741 x 4 = 219,844 bytes, the 214.69 KiB that ST publishes for it in the [STM32
model zoo](https://github.com/STMicroelectronics/stm32ai-modelzoo).

A TFLite file is larger. It also contains the scales and zero points of the quantization, at least
24 bytes per output channel and 12 per activation tensor, and the structure of the graph. `cnncalc
explain NET` states this minimum, and so does `tflite_bytes_at_least` in the `deployment` of JSON.

## Activations

`activations` is the number of elements that a network stores if it keeps every value, as in
training: the elements of the inputs and of each layer's output. Some outputs need no memory:

- `flatten`, `reshape`, `tokens`, `identity`, `dropout` and `droppath` create no value;
- an activation function overwrites its input if nothing else reads the input. `softmax`,
  `log_softmax`, `squash` and `glu` do not, as each of their elements depends on several of the
  input;
- an adaptive pooling to the size of its input overwrites it, too.

For VGG16 at 224x224 this is 15,237,608: 150,528 for the image, 13,547,520 for the convolutions,
1,530,368 for the pooling layers and 9,192 for the linear layers. The peak memory can be larger than
the sum of all activations: it assumes that no layer runs in place.

## Receptive fields

Receptive fields follow the recurrence of Araujo, Norris and Sim, [Computing Receptive Fields of
Convolutional Neural Networks](https://distill.pub/2019/computing-receptive-fields) (Distill,
2019). A layer with an effective kernel of size k and a stride of s turns a field of size r and
stride j into one of size r + (k - 1) j and stride j s.

- A join takes the union of its operands' fields, from the smallest start to the largest end. If
  their strides differ, there is a note, the stride is the largest one, and the size is large enough
  that the field of every output position contains the fields of the operands.
- A field contains every input that an output position depends on, which tests verify with the
  gradients of PyTorch; it may contain a few more. Output i depends only on inputs at integer
  positions from start + i j to start + i j + r - 1.
- After upsampling, and after adaptive pooling to a size that does not divide the input, start,
  stride and size are exact fractions. Tables and JSON show the integer part of the size: the
  maximum number of input positions that one output position depends on. After nearest upsampling to
  twice the size, for example, output i depends on input floor(i / 2), which is between i / 2 - 1 /
  2 and i / 2: r is 3 / 2, so the size is 1.
- Along an axis that a `chunk` splits or a `concat` joins, the field is the whole axis, because the
  positions of outputs and inputs differ.
- When the positions of a map become a series (`tokens`, `unfold`, a `reshape` that keeps the
  channels), they keep their fields along the axes of the map as long as positions are not mixed:
  through a `linear`, a matrix product, activations, and norms over the channels. A `reshape` to the
  sizes of the map restores the field of a map, so an `unfold` and a `linear` have that of a `conv`.
- After a layer that sees the whole feature map (a linear layer on a vector, attention, global
  pooling, a normalization over the map, or a gate made of these), the field is the whole input,
  `null` in JSON.

## Classes

Every layer kind belongs to a class: `conv`, `dense`, `recurrent`, `attention`, `norm` or `other`.
The breakdown has one row per class. Classes with neither parameters nor MACs are omitted.

## Training

Outputs marked `training_only: true`, such as GoogLeNet's auxiliary classifiers, are excluded from
all totals except the training totals, which are shown next to them.
"""


def numbers_page() -> str:
    head = ["| number | definition | used in |", "| --- | --- | --- |"]
    return PAGE.format(
        quantities="\n".join([*head, *map(row, TABLE)]),
        intensity=INTENSITY.replace("\n", " "),
        field=FIELD.replace("\n", " "),
        column=USES["column"],
    )


def row(quantity: Quantity) -> str:
    uses = ", ".join(text for use, text in USES.items() if use in quantity.uses)
    return f"| `{quantity.name}` | {quantity.definition} | {uses} |"

"""The data types of a layer by its policy: those of its variables and of its results.

Source: keras/src/dtype_policies/dtype_policy.py.
"""

from __future__ import annotations

from ...dtype import BITS, UNSTATED, DataTypes
from .config import LayerConfig

MIXED = "mixed_"
QUANTIZED = "_from_"
QUANTIZED_WEIGHTS = ("int8", "int4")
"""The modes of quantization that change what is stored, as in `int4/128_from_float32`.

Others change how it is multiplied.
"""


def types_of(config: LayerConfig) -> DataTypes:
    """The types of a layer; those of the network if its policy is not known."""
    name = policy_of(config, "dtype")
    mode, _, source = name.rpartition(QUANTIZED)
    is_mixed = source.startswith(MIXED)
    results = source.removeprefix(MIXED)
    if results not in BITS:
        return UNSTATED
    weights = mode.partition("/")[0]
    if weights in QUANTIZED_WEIGHTS:
        return DataTypes(weights, results)
    return DataTypes("float32" if is_mixed else results, results)


def policy_of(config: LayerConfig, key: str) -> str:
    """The name of a policy: a word, the configuration of one, or the default of several."""
    if not isinstance(config.values.get(key), dict):
        return config.text(key, "")
    given = config.inner(key).inner("config")
    if given.has("default_policy"):
        return policy_of(given, "default_policy")
    if given.has("source_name"):
        return f"{given.text('mode', '')}{QUANTIZED}{given.text('source_name', '')}"
    return given.text("name", "")

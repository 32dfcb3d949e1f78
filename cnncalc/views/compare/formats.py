"""The formats of `compare`: those of tables, and plots."""

from __future__ import annotations

from ..sweep.formats import FORMATS, PLOTS, TABLES

__all__ = ["FORMATS", "OPTION_FORMATS", "PLOTS"]

OPTION_FORMATS = {
    "--color": ("table", "plot"),
    "--plot": PLOTS,
    **dict.fromkeys(("--exact", "--columns", "--sort", "--relative", "--by"), TABLES),
}
"""The formats that an option applies to; an option that is not here applies to all."""

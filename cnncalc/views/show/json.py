"""The layers and totals of a network as JSON, `cnncalc/show/1`."""

from ...documents.show import report_lines as show_json

__all__ = ["show_json"]

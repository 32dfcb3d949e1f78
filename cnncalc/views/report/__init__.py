"""Networks as one HTML page: its data, and the page around them."""

from .comparison import comparison_object, difference_object
from .network import network_object
from .page import report_page

__all__ = ["comparison_object", "difference_object", "network_object", "report_page"]

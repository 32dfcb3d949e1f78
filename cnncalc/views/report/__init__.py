"""Networks as one HTML page: its data, and the page around them."""

from .content import PageNetwork, page_data, page_title
from .network import network_object
from .page import report_page

__all__ = ["PageNetwork", "network_object", "page_data", "page_title", "report_page"]

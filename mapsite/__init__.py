"""Turn each deal's plan into a small private site that buyer and seller share."""

__version__ = "0.1.0"

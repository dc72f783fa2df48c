"""The Worker: it turns tasks into effects, once each."""

__version__ = "0.1.0"

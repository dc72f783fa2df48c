"""The Workout API: it owns the data."""

__version__ = "0.1.0"

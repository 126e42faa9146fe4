"""Kinboard: the live board for facilitated family meetings."""

__version__ = "0.1.0"

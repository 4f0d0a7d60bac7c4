"""Connections: the one place that opens them, and what they may cost."""

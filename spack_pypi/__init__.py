"""Spack recipes from what Python projects already declare."""

__version__ = "0.1.0"

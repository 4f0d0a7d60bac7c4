"""Recipes as values, and the text they are written as. Pure: no network, no Spack."""

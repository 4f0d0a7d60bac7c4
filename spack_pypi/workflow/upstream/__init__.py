"""Recipes as commits for the repo that everybody shares."""

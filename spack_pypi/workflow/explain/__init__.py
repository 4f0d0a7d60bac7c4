"""``explain``: where each line of a recipe comes from, and what of the metadata has no line."""

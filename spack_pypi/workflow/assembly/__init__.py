"""From a resolution to recipes: what each contains, and what an existing one gets."""

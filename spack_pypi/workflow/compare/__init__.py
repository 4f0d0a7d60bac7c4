"""Compare recipes with the metadata of releases, or with what they meant before."""

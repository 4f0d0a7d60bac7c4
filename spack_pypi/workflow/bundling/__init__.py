"""A folder with all that installing projects needs where there is no network."""

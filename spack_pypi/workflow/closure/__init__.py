"""From named projects to all they need: what is asked, chosen, and made to fit together."""

"""What is installed in a Python: read from files, never imported or run."""

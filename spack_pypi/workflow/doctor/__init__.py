"""What is installed, looked at as files: whether it fits together and can be imported. Nothing of
it is imported or run."""

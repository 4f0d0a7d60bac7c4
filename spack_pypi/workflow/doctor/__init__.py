"""What is installed, looked at as files: whether it fits together and can be imported. Nothing of
it is imported or run.

Names that come from files are looked up with ``os.path``: `Path.exists` raises where there can be
no such file, as the name is too long or others may not look into the folder.
"""

"""What archives and source trees say, as they are read. No code of them is run."""

"""What the index and the archives it lists say. All network is in this room."""

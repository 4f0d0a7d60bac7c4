"""What is asked of an index and read of its answers, in this process and in one of its own."""

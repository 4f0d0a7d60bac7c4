"""What the commands do, from the two ports to the result. Orchestration only."""

"""What a recipe says, held against what releases declare, or against what it said before."""

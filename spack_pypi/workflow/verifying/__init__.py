"""Whether recipes load, say what their releases declare, concretize and install."""

"""Training: losses, loops and recipes that make the weights."""

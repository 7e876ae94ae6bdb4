"""Models: the networks and the parts that they are built from."""

"""The backlot: a procedural world whose picture, sound and truth come from one scene."""

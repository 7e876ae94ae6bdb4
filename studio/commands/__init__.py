"""The commands: what `dailies` does without a window."""

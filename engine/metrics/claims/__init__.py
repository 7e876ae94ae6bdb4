"""Scores of single claims, each taken on clips of the world that show what the claim is about."""

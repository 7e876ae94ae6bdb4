"""Pipelines: generate, edit, extend and join, stage by stage."""

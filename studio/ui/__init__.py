"""Widgets, painting and gestures."""

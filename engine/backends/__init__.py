"""Backends: what answers a request behind the seam."""

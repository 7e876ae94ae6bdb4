"""Rendering in the background: requests, jobs, the queue and the take store."""

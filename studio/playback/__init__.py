"""Playback: the clock, the mixer and the player."""

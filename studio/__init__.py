"""The studio: the director's desktop program; see ARCHITECTURE.md for its layers."""

VERSION = "0.1.0"

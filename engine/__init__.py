"""The engine: turns a request into pictures and sound; see ARCHITECTURE.md for its layers."""

"""The document: frozen values, changes to them, and the file that keeps both."""

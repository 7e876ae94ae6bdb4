"""Between the document and the window: the relay, item models and actions."""

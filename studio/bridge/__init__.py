"""Between the document and the window: the relay, item models and actions."""

from studio.bridge.immortals import keep_constants

keep_constants()

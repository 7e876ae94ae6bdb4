"""How long tests wait for what must come: until it is there, on however busy a machine.

The bound only names what never came, before pytest's own limit ends the test without a word.
"""

PATIENCE_S = 240.0

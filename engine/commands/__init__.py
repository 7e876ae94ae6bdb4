"""Commands: what a person or a script can ask of the engine, one module each.

Modules here import nothing heavy at their top, so that ``--help`` costs no torch.
"""

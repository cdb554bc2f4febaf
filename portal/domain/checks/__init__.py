"""Checks: the rules on figures, what they find, and how it is explained."""

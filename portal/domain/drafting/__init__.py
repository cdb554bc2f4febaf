"""Drafting: changing the draft of a form edition, item by item."""

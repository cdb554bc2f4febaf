"""Paper: the printed form, the overview, the narrative and their codes."""

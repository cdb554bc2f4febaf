"""Access: who is here, which organisation they stand in, and what they may do."""

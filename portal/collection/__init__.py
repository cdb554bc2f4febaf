"""Collection: one campaign under way, shared by the capabilities."""

"""Storage: engines, the fence around each organisation, guards and the schema."""

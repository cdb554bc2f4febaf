"""Register: the units, people and form editions that exist."""

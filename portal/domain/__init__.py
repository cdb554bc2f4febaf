"""Forms, figures, dates and reports as plain values: the standard library and nothing else."""

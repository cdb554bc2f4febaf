"""The statistics form as data: items, formulas, indicators and the document they come from."""

"""Exports of a consolidation: the paper form and the workbook of its units."""

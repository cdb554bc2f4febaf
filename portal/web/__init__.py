"""What every page and answer shares: errors, headers, uploads, form fields."""

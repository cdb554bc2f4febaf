"""A campaign's dates, reminders and board, as plain values."""

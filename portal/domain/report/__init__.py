"""A report's submissions, draft prints, comparisons and scans."""

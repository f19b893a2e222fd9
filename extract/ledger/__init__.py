"""A ledger that nobody described: its columns, headings and rows are found on the page."""

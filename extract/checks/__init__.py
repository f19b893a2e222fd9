"""What in a record, or between neighbours in a book, cannot be so."""

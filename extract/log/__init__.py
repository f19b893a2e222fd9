"""What is done to a book: a log chained by hash, held against the book; deletion by rule."""

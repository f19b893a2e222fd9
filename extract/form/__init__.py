"""Form discovery: a book's pages teach the blank form they share, and each page is placed on it."""

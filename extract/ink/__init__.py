"""What ink of a page is handwriting, and of which place."""

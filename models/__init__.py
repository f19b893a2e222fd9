"""Layout and reading: clean pages and line images in, regions and readings out."""

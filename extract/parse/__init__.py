"""Text as written in, normalised value out; one module a kind of field."""

"""A value for every field, chosen late with the whole book known."""

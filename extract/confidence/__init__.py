"""How surely a value is right, and which ones a person must look at."""

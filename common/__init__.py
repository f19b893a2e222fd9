"""What every room may use: errors, options, text, geometry, provenance, the executor."""

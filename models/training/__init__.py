"""Training of the handwriting reader; needs the ``train`` extra (torch, transformers)."""

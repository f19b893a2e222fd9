"""Figures that need the whole path: books rendered and extracted, runs killed, the installation."""

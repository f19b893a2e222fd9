"""Figures of `skew_angle` on pages turned by known angles.

python -m preprocessing.evaluate_skew FOLDER [--turns N] [--seed S]
"""

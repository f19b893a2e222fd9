"""A blind sample of any package: drawn by rule, inspected blind, turned into a statement."""

from extract.sample.acceptance import SampleOptions, draw_sample, take_sample
from extract.sample.statement import lines, statement_pdf

__all__ = ["SampleOptions", "draw_sample", "lines", "statement_pdf", "take_sample"]

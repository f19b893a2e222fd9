"""A blind sample of any package: drawn by rule, inspected blind, turned into a statement."""

from extract.sample.acceptance import SampleOptions, draw_sample, take_sample
from extract.sample.kept import Acceptance, acceptances, keep_verdict
from extract.sample.statement import lines, statement_pdf

__all__ = [
    "Acceptance",
    "SampleOptions",
    "acceptances",
    "draw_sample",
    "keep_verdict",
    "lines",
    "statement_pdf",
    "take_sample",
]

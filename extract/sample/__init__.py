"""A blind sample of any package: drawn by rule, inspected blind, turned into a statement."""

from extract.sample.acceptance import SampleOptions, draw_sample, take_sample
from extract.sample.kept import Acceptance, acceptance_of, keep_verdict, sample_folders
from extract.sample.statement import lines, statement_pdf

__all__ = [
    "Acceptance",
    "SampleOptions",
    "acceptance_of",
    "draw_sample",
    "keep_verdict",
    "lines",
    "sample_folders",
    "statement_pdf",
    "take_sample",
]

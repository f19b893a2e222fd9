"""The promise: which fields need no person, so that the error among them stays below a bound."""

from extract.promise.options import PromiseOptions
from extract.promise.project import Promise, keep, marked, promised, state_of
from extract.promise.words import said

__all__ = ["Promise", "PromiseOptions", "keep", "marked", "promised", "said", "state_of"]

"""Is the error among the fields that nobody looked at below a bound? An exact test, at any time.

Fields are audited in a random order without replacement, so each number K of wrong fields among the
N chosen ones makes what was seen (k wrong of n) this likely, in its order:

    L(K) = K!/(K-k)! · (N-K)!/(N-K-n+k)! · (N-n)!/N!

Set against a prior on K, here the beta-binomial one of Beta(1, b), prior(K)/posterior(K) is a
non-negative martingale under the true K (Waudby-Smith & Ramdas 2020, "Confidence sequences for
sampling without replacement"), so by Ville's inequality it ever reaches 1/α with probability α at
most: the test may be looked at after every answer, and audits added, as often as one likes. With
one look at a set time it would be the exact test of Clopper and Pearson; looking whenever one likes
costs about a sixth more audits.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaln, gammaln  # type: ignore[import-untyped]

_HOPED = 5  # the prior expects this part of the error that is allowed
_TRIED = 300  # sizes of an audit between one field and half of them


@dataclass(frozen=True)
class Audit:
    """What is known of a set of fields.

    Attributes:
        size: fields chosen, when the set was fixed; it never changes.
        looked: how many of them people answered, in the drawn order up to the first unanswered.
        wrong: how many of those were wrong.
        known_wrong: wrong ones that anybody ever found in the set, also out of order.
        unseen: fields of the set that nobody looked at and that are accepted still. Books that
            were stopped are not in it, though their errors count.
    """

    size: int
    looked: int
    wrong: int
    known_wrong: int
    unseen: int


def proved(audit: Audit, max_error: float, alpha: float) -> bool:
    """Whether at most ``max_error`` of the unseen fields are wrong, with confidence 1 - alpha.

    If more were, the set would hold more than ``known_wrong`` + ``max_error`` · ``unseen`` wrong
    fields, however the unseen ones were picked out of it: every such number must be refuted.
    """
    return steps_needed(audit, max_error, alpha, [], []) == 0


def steps_needed(
    audit: Audit,
    max_error: float,
    alpha: float,
    unseen: Sequence[bool],
    wrong: Sequence[bool],
) -> int | None:
    """How far the audit must go on, the unseen ones all right, until it is proved; 0 when it is.

    Args:
        unseen: of each field that comes next in the order, whether it is an unseen one.
        wrong: whether it was found wrong already.

    None when it is not proved even at the end of these.
    """
    after = np.arange(len(unseen) + 1, dtype=np.float64)
    left = audit.unseen - np.concatenate([[0], np.cumsum(unseen)])
    found = audit.wrong + np.concatenate([[0], np.cumsum(wrong)])
    looked = audit.looked + after
    enough = _refuted(audit.size, max_error, alpha, looked, found, left, audit.known_wrong)
    return int(np.argmax(enough)) if enough.any() else None


def likely_audit(size: int, errors: float, max_error: float, alpha: float) -> int | None:
    """How many of a set's fields must be audited until it is proved, when so many of it are wrong
    and come evenly; None when even half of it would not do."""
    looked = np.unique(np.geomspace(1, max(size // 2, 1), _TRIED).astype(np.int64)).astype(float)
    wrong = errors * looked / size
    enough = _refuted(size, max_error, alpha, looked, wrong, size - looked, wrong)
    return int(looked[int(np.argmax(enough))]) if enough.any() else None


def _refuted(
    size: int,
    max_error: float,
    alpha: float,
    n: NDArray[np.float64],
    k: NDArray[np.float64],
    unseen: NDArray[np.float64],
    known_wrong: NDArray[np.float64] | int,
) -> NDArray[np.bool_]:
    """Whether it is proved with k wrong of n audited and so many unseen, for each of them."""
    bound = known_wrong + np.floor(max_error * unseen + 1e-9) + 1
    likeliest = np.floor((size + 1) * k / np.maximum(n, 1))
    most = size - n + k  # wrong fields, if all that are not audited were
    null = np.minimum(np.maximum(bound, likeliest), most)  # the likelihood falls from its peak on
    prior = _HOPED / max_error
    evidence = betaln(1 + k, prior + n - k) - betaln(1, prior)
    likelihood = (
        gammaln(null + 1)
        - gammaln(null - k + 1)
        + gammaln(size - null + 1)
        - gammaln(most - null + 1)
        - gammaln(size + 1)
        + gammaln(size - n + 1)
    )
    return np.asarray((bound > most) | (evidence - likelihood >= math.log(1 / alpha)), np.bool_)

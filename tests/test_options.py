"""A wrong option is one line that says what would be right."""

from __future__ import annotations

import pytest

from common.errors import UsageError
from models.handwriting import ReaderOptions


def test_an_unknown_option_is_told_which_are_known() -> None:
    with pytest.raises(UsageError, match=r"option bem: .*known: beam, alternatives, sure"):
        ReaderOptions.of(bem=1)


def test_a_wrong_value_is_told_what_the_option_means() -> None:
    with pytest.raises(UsageError, match=r"option sure: .*beam search only where"):
        ReaderOptions.of(sure=3)

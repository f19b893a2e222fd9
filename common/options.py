"""Options of a step: small, frozen, typed, and strict about unknown keys."""

from __future__ import annotations

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from common.errors import UsageError


class Options(BaseModel):
    """Base class of every options object."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False)

    @classmethod
    def of(cls, **values: Any) -> Self:
        """Build the options, turning a validation failure into one `UsageError` line."""
        try:
            return cls(**values)
        except ValidationError as error:
            first = error.errors()[0]
            name = ".".join(str(part) for part in first["loc"]) or cls.__name__
            raise UsageError(
                f"option {name}: {first['msg']}", hint=f"see {cls.__name__}"
            ) from error

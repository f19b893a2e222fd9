"""Options of a step: small, frozen, typed, and strict about unknown keys."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Self

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from common.errors import InputError, UsageError


class Options(BaseModel):
    """Base class of every options object."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False)

    @classmethod
    def read(cls, path: Path | None, **values: Any) -> Self:
        """Build the options from a yaml file (none: the defaults) and from ``values``.

        Raises `InputError` when the file is no mapping, `UsageError` for a wrong option.
        """
        stored: object = {}
        if path is not None:
            try:
                stored = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
            except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
                raise InputError("not a readable yaml file", where=str(path)) from error
        if not isinstance(stored, dict):
            raise InputError("not a mapping of options", where=str(path))
        return cls.of(**{str(key): value for key, value in stored.items()}, **values)

    @classmethod
    def of(cls, **values: Any) -> Self:
        """Build the options, turning a validation failure into one `UsageError` line."""
        try:
            return cls(**values)
        except ValidationError as error:
            first = error.errors()[0]
            name = ".".join(str(part) for part in first["loc"]) or cls.__name__
            raise UsageError(f"option {name}: {first['msg']}", hint=cls._hint(name)) from error

    @classmethod
    def _hint(cls, name: str) -> str:
        """What an option means; of an unknown one, which are known."""
        known = cls.model_fields.get(name)
        if known is None:
            return f"known: {', '.join(cls.model_fields)}"
        return known.description or f"see {cls.__name__}"

"""A Hugging Face config.json: the language model's part of it, each number under all its spellings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlmodel.errors import CatalogError

if TYPE_CHECKING:
    from collections.abc import Mapping

# where multimodal models keep the language model
_LANGUAGE_PARTS = ("text_config", "llm_config", "language_config", "thinker_config")
# parts that say nothing of the language model
_OTHER_PARTS = ("vision_config", "audio_config", "talker_config", "code2wav_config")


class ModelConfig:
    """The values of a config.json; those of a nested language model stand before the outer ones."""

    def __init__(self, data: Mapping[str, object]) -> None:
        """Take the parsed JSON.

        Args:
            data: the object that the file holds.
        """
        self.vision = _mapping(data.get("vision_config"))
        self._values = _language_model(data)

    def has(self, name: str) -> bool:
        """Tell whether a value is given and not null."""
        return name in self._values

    def number(self, *names: str) -> float | None:
        """Return the first number given under one of the names."""
        for name in names:
            value = self._values.get(name)
            if isinstance(value, list) and value and all(each == value[0] for each in value):
                value = value[0]  # one number a layer, the same for all
            if isinstance(value, (int, float)) and not isinstance(value, bool):
                return float(value)
        return None

    def count(self, *names: str, default: int = 0) -> int:
        """Return the first whole number given under one of the names, or the default."""
        value = self.number(*names)
        return default if value is None else int(value)

    def needed(self, *names: str) -> int:
        """Return the first positive number given under one of the names.

        Raises:
            CatalogError: none is given.
        """
        value = self.count(*names)
        if value <= 0:
            raise CatalogError(f"no {' or '.join(names)} above 0; give the config.json of the model itself")
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Return a yes or no."""
        value = self._values.get(name)
        return value if isinstance(value, bool) else default

    def text(self, *names: str) -> str:
        """Return the first text given under one of the names, or an empty one."""
        found = (self._values.get(name) for name in names)
        return next((value for value in found if isinstance(value, str)), "")

    def items(self, *names: str) -> list[object]:
        """Return the first list given under one of the names, or an empty one."""
        found = (self._values.get(name) for name in names)
        return next((value for value in found if isinstance(value, list)), [])

    def part(self, name: str) -> Mapping[str, object]:
        """Return an object that the config holds, or an empty one."""
        return _mapping(self._values.get(name))

    def numbers(self, part: str) -> ModelConfig:
        """Return an object that the config holds, read like a config."""
        return ModelConfig(self.part(part))

    def pairs(self, name: str, first: str, second: str) -> list[tuple[ModelConfig, ModelConfig]]:
        """Return two parts of each object in a list."""
        objects = [ModelConfig(_mapping(each)) for each in self.items(name)]
        return [(each.numbers(first), each.numbers(second)) for each in objects]


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _language_model(data: Mapping[str, object]) -> dict[str, object]:
    given = {key: value for key, value in data.items() if value is not None and key not in _OTHER_PARTS}
    for part in _LANGUAGE_PARTS:
        nested = given.pop(part, None)
        if isinstance(nested, dict):
            given |= _language_model(nested)
    return given

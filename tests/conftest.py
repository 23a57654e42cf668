"""Settings that all tests share."""

from __future__ import annotations

from hypothesis import settings

# the same examples in every run: a red test stays red until it is mended
settings.register_profile("xlmodel", max_examples=40, deadline=None, derandomize=True)
settings.load_profile("xlmodel")

"""Read the architecture of an open model from its Hugging Face config.json."""

from xlmodel.catalog.hf_config.architecture import Architecture, read_architecture

__all__ = ["Architecture", "read_architecture"]

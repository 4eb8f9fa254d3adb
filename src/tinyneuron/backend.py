"""Names that scripts look for in ``keras.backend``."""

from typing import Any

from tinyneuron.config import epsilon, floatx, set_epsilon, set_floatx
from tinyneuron.identifiers import not_offered
from tinyneuron.layers.base import clear_session

__all__ = ["clear_session", "epsilon", "floatx", "set_epsilon", "set_floatx"]


def __getattr__(name: str) -> Any:
    raise not_offered("tinyneuron.backend", name, __all__)

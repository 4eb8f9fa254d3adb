"""Names that scripts look for in ``keras.backend``."""

from tinyneuron.config import epsilon, floatx, set_epsilon, set_floatx
from tinyneuron.layers.base import clear_session

__all__ = ["clear_session", "epsilon", "floatx", "set_epsilon", "set_floatx"]

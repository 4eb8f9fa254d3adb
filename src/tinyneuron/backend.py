"""Names that scripts look for in ``keras.backend``."""

from typing import TYPE_CHECKING

from tinyneuron._common.missing import refuse_other_names
from tinyneuron._common.names import clear_session
from tinyneuron._common.settings import epsilon, floatx, set_epsilon, set_floatx

__all__ = ["clear_session", "epsilon", "floatx", "set_epsilon", "set_floatx"]

if not TYPE_CHECKING:
    __getattr__ = refuse_other_names(__name__, __all__)

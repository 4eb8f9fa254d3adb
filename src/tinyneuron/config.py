"""The settings of the whole library, under the names they have in ``keras.config``."""

from typing import TYPE_CHECKING

from tinyneuron._common.missing import refuse_other_names
from tinyneuron._common.settings import (
    epsilon,
    floatx,
    set_epsilon,
    set_floatx,
    set_random_seed,
)

__all__ = ["epsilon", "floatx", "set_epsilon", "set_floatx", "set_random_seed"]

if not TYPE_CHECKING:
    __getattr__ = refuse_other_names(__name__, __all__)

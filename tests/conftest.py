"""Every test starts from the same random numbers, names and dtype, and leaves none behind."""

import pytest
from hypothesis import HealthCheck, settings

from tinyneuron import backend, config

collect_ignore_glob = ["packaging/*"]  # a program that needs an installed package

settings.register_profile(
    "tinyneuron",
    derandomize=True,
    deadline=None,
    max_examples=60,
    # what the fixture below resets, no example of a property changes
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
settings.load_profile("tinyneuron")


@pytest.fixture(autouse=True)
def fresh_session():
    floatx, epsilon = config.floatx(), config.epsilon()
    config.set_random_seed(0)
    backend.clear_session()
    yield
    config.set_floatx(floatx)
    config.set_epsilon(epsilon)

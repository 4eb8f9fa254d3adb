"""Every test starts from the same random numbers, names and dtype, and leaves none behind."""

import gc

import pytest
from hypothesis import HealthCheck, settings

from tinyneuron import backend, config

collect_ignore_glob = ["packaging/*"]  # a program that needs an installed package

# Few examples of each property for who waits; many with `--hypothesis-profile=thorough`.
for profile, examples in {"quick": 20, "thorough": 300}.items():
    settings.register_profile(
        profile,
        derandomize=True,
        deadline=None,
        max_examples=examples,
        # what the fixture below resets, no example of a property changes
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
settings.load_profile("quick")


def pytest_collection_finish():
    """Have the garbage collector pass over what the tests are made of, which all stays."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def fresh_session():
    floatx, epsilon = config.floatx(), config.epsilon()
    config.set_random_seed(0)
    backend.clear_session()
    yield
    config.set_floatx(floatx)
    config.set_epsilon(epsilon)

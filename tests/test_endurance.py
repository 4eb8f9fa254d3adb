"""Memory does not grow, and Ctrl-C at any moment leaves a model that goes on."""

import gc
import tracemalloc

from stress_endurance import X, Y, build, first_fit, lines_survived, network


def test_a_model_goes_on_after_ctrl_c_before_any_line_of_its_building():
    assert lines_survived(build, every=7) > 30


def test_a_model_goes_on_after_ctrl_c_here_and_there_in_its_first_fit():
    assert lines_survived(first_fit, every=83) > 10


def grown(call, times):
    """Return the bytes that are held after `times` calls, and were not before them."""
    tracemalloc.start()
    try:
        for _ in range(times):
            call()
        gc.collect()
        before = tracemalloc.get_traced_memory()[0]
        for _ in range(times):
            call()
        gc.collect()
        return tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()


def test_memory_does_not_grow():
    model = network("adam")
    model.fit(X, Y, verbose=0)
    assert grown(lambda: model.predict(X), 200) < 4000
    assert grown(lambda: model.fit(X, Y, verbose=0), 10) < 4000

"""A layer that cannot be built stays as it was, and so does all that it had touched."""

import numpy as np
import pytest

import tinyneuron as keras
from tinyneuron import Input, Sequential, layers
from tinyneuron._common.settings import make_seed


class Stack(layers.Layer):
    """A user's layer that fills what it holds, to any depth, when it is built."""

    def __init__(self, fails, **options):
        super().__init__(**options)
        self.fails, self.parts, self.by_name, self.seen = fails, [], {"inner": [[], {1}]}, set()

    def build(self, input_shape):
        self.parts.append(layers.Dense(2))
        self.parts[0].build(input_shape)
        self.by_name["inner"][0].append(layers.Dense(3, name="deep"))
        self.by_name["inner"][1].add(2)
        self.by_name["more"] = 1
        self.seen.add("built")
        self.scale = self.add_weight((1,), "ones")
        self.drawn = make_seed()
        if self.fails:
            raise RuntimeError("no luck")

    def call(self, inputs):
        return self.parts[0](inputs)


def state(stack):
    return stack.parts, stack.by_name, stack.seen, sorted(vars(stack))


def failing(act):
    """Let something fail twice, and then be built; return the layer."""
    stack = Stack(fails=True, name="stack")
    for _ in range(2):
        with pytest.raises(RuntimeError, match="no luck"):
            act(stack)
        assert state(stack)[:3] == ([], {"inner": [[], {1}]}, set())
        assert "scale" not in vars(stack)
        assert not stack.built
        assert stack.weights == []
    stack.fails = False
    act(stack)
    assert [part.name for part in stack.parts] == ["dense"]
    assert len(stack.weights) == 1 + 2
    return stack


@pytest.mark.parametrize(
    "act",
    [
        lambda stack: stack(np.ones((1, 4))),
        lambda stack: stack.build((None, 4)),
        lambda stack: Sequential([Input((4,)), stack]),
        lambda stack: Sequential([layers.Identity(), stack]).predict(np.ones((1, 4))),
        lambda stack: Sequential([Sequential([stack])]).build((None, 4)),
    ],
    ids=["call", "build", "with an Input", "predict", "nested"],
)
def test_lists_names_and_random_numbers_are_as_they_were(act):
    keras.utils.set_random_seed(5)
    expected = Stack(fails=False, name="at once")
    expected.build((None, 4))
    keras.utils.clear_session()
    keras.utils.set_random_seed(5)
    stack = failing(act)
    assert stack.drawn == expected.drawn
    np.testing.assert_array_equal(stack.parts[0].kernel, expected.parts[0].kernel)
    assert layers.Dense(1).name == "dense_1"


def test_targets_that_do_not_fit_leave_the_model_unbuilt():
    stack = Stack(fails=False)
    model = Sequential([stack, layers.Dense(1)])
    model.compile("sgd", "mse")
    before = state(stack)[3]
    for _ in range(2):
        with pytest.raises(ValueError, match="targets of shape"):
            model.fit(np.ones((3, 4)), np.ones((3, 2)), verbose=0)
        assert (model.built, model.weights, stack.parts) == (False, [], [])
        assert state(stack)[3] == before
    model.predict(np.ones((3, 4)))
    assert len(model.weights) == 3 + 2


def test_layers_that_were_built_already_are_not_touched():
    shared = layers.Dense(2)
    shared.build((None, 4))
    shared.note = "mine"
    kernel = shared.kernel
    with pytest.raises(RuntimeError, match="no luck"):
        Sequential([shared, Stack(fails=True)]).build((None, 4))
    assert shared.kernel is kernel
    assert shared.note == "mine"
    assert shared.built

"""What the properties are tried on: shapes, arrays of floats, and models of random layers."""

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tinyneuron import Sequential, layers

dtypes = st.sampled_from(["float32", "float64"])
rates = st.floats(0, 1)
vectors = hnp.arrays(np.float64, st.integers(1, 6), elements=st.floats(-100, 100))
matrices = hnp.arrays(np.float64, (3, 4), elements=st.floats(-100, 100))


def shapes(max_rank=4, rows=(0, 5)):
    """Shapes of inputs: a number of rows, then the shape of a sample."""
    sample = st.lists(st.integers(1, 5), min_size=1, max_size=max_rank - 1)
    return st.builds(lambda batch, rest: (batch, *rest), st.integers(*rows), sample)


def floats(shape, dtype="float32", limit=100):
    """Arrays of a shape and dtype, of numbers from -limit to limit."""
    width = 8 * np.dtype(dtype).itemsize
    elements = st.floats(-limit, limit, width=width, allow_subnormal=False)
    return hnp.arrays(dtype, shape, elements=elements)


def _dense(dtype):
    activations = st.sampled_from([None, "sigmoid", "tanh", "relu", "softmax"])
    return st.builds(
        layers.Dense,
        st.integers(1, 20),
        activation=activations,
        use_bias=st.booleans(),
        bias_initializer=st.just("normal"),
        dtype=st.just(dtype),
    )


def _other(dtype):
    return st.one_of(
        st.builds(layers.Activation, st.sampled_from(["sigmoid", "elu"]), dtype=st.just(dtype)),
        st.builds(layers.LeakyReLU, dtype=st.just(dtype)),
        st.builds(layers.Softmax, dtype=st.just(dtype)),
        st.builds(layers.Dropout, rates, dtype=st.just(dtype)),
        st.builds(layers.Rescaling, st.just(0.5), st.just(1.0), dtype=st.just(dtype)),
        st.builds(layers.Identity, dtype=st.just(dtype)),
        st.builds(layers.Flatten, dtype=st.just(dtype)),
    )


@st.composite
def stacks(draw, dtype="float32", nested=True):
    """Lists of 1 to 4 unbuilt layers for inputs of rank 2, some of them models themselves."""
    layer = _dense(dtype) | _other(dtype)
    if nested:
        layer |= st.builds(Sequential, stacks(dtype, nested=False))
    return draw(st.lists(layer, min_size=1, max_size=4))


@st.composite
def models(draw, dtype="float32"):
    """Sequential models of random layers, built for 1 to 5 features."""
    features = draw(st.integers(1, 5))
    return Sequential([layers.Input((features,)), *draw(stacks(dtype))])

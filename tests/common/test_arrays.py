"""What becomes an array of numbers, what a shape, and what is refused."""

import numpy as np
import pytest
from hypothesis import given

from strategies import vectors
from tinyneuron import config
from tinyneuron._common import arrays


@given(x=vectors)
def test_arrays_pass_through_without_a_copy(x):
    assert arrays.as_numbers(x) is x
    assert arrays.as_floats(x) is x
    assert arrays.as_floats(x, "float64") is x


@pytest.mark.parametrize("x", [[1, 2], (1.5, 2), 3, True, np.arange(3), np.float16([1.5]), [[]]])
@pytest.mark.parametrize("floatx", ["float32", "float64"])
def test_everything_else_becomes_floatx(x, floatx):
    config.set_floatx(floatx)
    got = arrays.as_floats(x)
    assert got.dtype == floatx
    np.testing.assert_array_equal(got, np.array(x))


def test_numpy_scalars_keep_their_float_dtype_and_a_given_dtype_wins():
    assert arrays.as_floats(np.float64(1)).dtype == np.float64
    assert arrays.as_floats(np.zeros(2, np.float32), "float64").dtype == np.float64


def test_float64_beyond_float32_becomes_infinite_silently():
    assert arrays.as_floats([1e300, -1e300], "float32").tolist() == [np.inf, -np.inf]


@pytest.mark.parametrize(
    ("x", "dtype"),
    [
        (["a"], "<U1"),
        ([1j], "complex128"),
        (None, "object"),
        ([b"a"], r"\|S1"),
        (np.array(["2020-01-01"], "datetime64[D]"), r"datetime64\[D\]"),
        ({"a": 1}, "object from a dict"),
    ],
)
def test_no_numbers_are_refused_with_name_dtype_and_advice(x, dtype):
    with pytest.raises(TypeError, match=rf"weights must be real numbers, got dtype {dtype}"):
        arrays.as_numbers(x, "weights")


def test_how_to_convert_is_said_where_it_may_help():
    with pytest.raises(TypeError, match=r"convert them first: np\.array\(x, 'float32'\)"):
        arrays.as_numbers(["1", "2"])
    with pytest.raises(TypeError, match=r"got dtype object from a NoneType\.$"):
        arrays.as_numbers(None)


def test_ragged_lists_are_refused():
    with pytest.raises(ValueError, match="y must be rectangular: every row as long as the others"):
        arrays.as_numbers([[1], [1, 2]], "y")


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ((), ()),
        ([2], (2,)),
        ((None, np.int64(3)), (None, 3)),
        (np.array([4, 5]), (4, 5)),
        ((0,), (0,)),
    ],
)
def test_as_shape_is_a_tuple_of_ints(shape, expected):
    got = arrays.as_shape(shape)
    assert got == expected
    assert all(d is None or type(d) is int for d in got)


@pytest.mark.parametrize("shape", [3, (2.5,), ("3",), None, "ab"])
def test_no_shapes_are_refused(shape):
    with pytest.raises(ValueError, match="shape must be a tuple of integers or None"):
        arrays.as_shape(shape, "shape")


def test_negative_sizes_are_refused():
    with pytest.raises(
        ValueError, match=r"input_shape must not have negative sizes, got \(2, -1\)"
    ):
        arrays.as_shape((2, -1))

"""Tables: DataFrames and Series become arrays of numbers, or the error names the columns."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinyneuron import Input, Sequential
from tinyneuron._common.arrays import as_numbers
from tinyneuron.layers import Dense


class NAType:
    """As pandas.NA: equal to nothing, and not even to be asked for its truth."""

    def __eq__(self, other):
        return self

    def __bool__(self):
        raise TypeError("boolean value of NA is ambiguous")

    __hash__ = object.__hash__


class Table:
    """A small DataFrame, whose array is one of objects unless all columns have one dtype."""

    def __init__(self, labels, columns):
        self.columns, self._columns = labels, columns

    def __getitem__(self, place):
        return self._columns[place[1]]

    def to_numpy(self):
        dtypes = {column.dtype for column in self._columns}
        dtype = dtypes.pop() if len(dtypes) == 1 else object
        return np.stack([column.astype(dtype) for column in self._columns], axis=1)

    def __array__(self, dtype=None, copy=None):
        return self.to_numpy()


COLUMNS = st.sampled_from(
    [
        ([1.5, -2.0, 0.0], float),
        ([1, 2, 3], int),
        ([True, False, True], bool),
        ([1.5, None, 3], object),
        ([True, NAType(), False], object),
        ([None, None, None], object),
    ]
)


@given(st.lists(COLUMNS, min_size=1, max_size=5))
def test_any_mixture_of_numbers_bools_and_missing_ones(chosen):
    table = Table(["same"] * len(chosen), [np.array(*column) for column in chosen])
    got = as_numbers(table)
    assert got.dtype.kind in "fiub"
    assert got.shape == (3, len(chosen))
    for values, column in zip(got.T, chosen, strict=True):
        for value, given_value in zip(values, column[0], strict=True):
            if given_value is None or isinstance(given_value, NAType):
                assert np.isnan(value)
            else:
                assert value == given_value


def test_all_columns_that_are_no_numbers_are_named_and_no_others():
    columns = [np.ones(2), np.array(["a", "b"], object), np.array(["2020"] * 2, "M8[D]")]
    with pytest.raises(TypeError, match=r"columns of the Table are not: 'city'.*'day'") as caught:
        as_numbers(Table(["age", "city", "day"], columns))
    assert "age" not in str(caught.value)
    assert "get_dummies" in str(caught.value)


def model(features=2):
    fitted = Sequential([Input((features,)), Dense(1)])
    fitted.compile("sgd", "mse")
    return fitted


def test_a_frame_of_floats_and_bools_trains_and_predicts_as_its_numbers():
    table = Table(["age", "member"], [np.array([20.0, 30.0]), np.array([True, False])])
    array = np.array([[20.0, 1.0], [30.0, 0.0]])
    one = model()
    another = Sequential.from_config(one.get_config())
    another.set_weights(one.get_weights())
    another.compile("sgd", "mse")
    one.fit(table, np.ones(2), shuffle=False, verbose=0)
    another.fit(array, np.ones(2), shuffle=False, verbose=0)
    np.testing.assert_array_equal(one.predict(table), another.predict(array))


def test_pandas():
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame(
        {
            "a": pd.array([1, None], "Int64"),
            "b": pd.array([True, None], "boolean"),
            "c": pd.array([1.5, None], "Float64"),
            "d": [True, False],
        }
    )
    expected = [[1, 1, 1.5, 1], [np.nan, np.nan, np.nan, 0]]
    np.testing.assert_array_equal(as_numbers(frame), expected)
    np.testing.assert_array_equal(as_numbers(frame["a"]), [1, np.nan])
    with pytest.raises(TypeError, match="not: 'city'"):
        as_numbers(frame.assign(city=["x", "y"]))
    assert model(4).predict(frame[["d", "d", "d", "d"]]).shape == (2, 1)


def test_polars():
    pl = pytest.importorskip("polars")
    frame = pl.DataFrame({"a": [1.0, None], "b": [True, None], "c": [1, None]})
    np.testing.assert_array_equal(as_numbers(frame), [[1, 1, 1], [np.nan] * 3])
    np.testing.assert_array_equal(as_numbers(frame["b"]), [1, np.nan])
    with pytest.raises(TypeError, match="not: 'city'"):
        as_numbers(frame.with_columns(city=pl.Series(["x", "y"])))


class Sparse:
    """As scipy's: neither an array nor to be turned into one by NumPy, but to be gone through."""

    def toarray(self):
        return np.eye(2)

    def __iter__(self):
        return iter(np.eye(2))


@pytest.mark.parametrize(
    "call",
    [
        lambda m: m.fit(Sparse(), np.ones(2)),
        lambda m: m.evaluate(Sparse(), np.ones(2)),
        lambda m: m.predict(Sparse()),
        lambda m: m(Sparse()),
        lambda m: m.fit(np.eye(2), Sparse()),
    ],
)
def test_a_sparse_matrix_is_told_to_become_an_array(call):
    with pytest.raises(TypeError, match=r"sparse matrix, a Sparse, .* x\.toarray\(\)"):
        call(model())


def test_names_of_classes_are_told_to_become_numbers():
    labels = np.array(["cat", "dog", "cat"])
    for y in (labels, labels.tolist(), labels[:, np.newaxis], labels.astype(object)):
        with pytest.raises(TypeError, match=r"np\.unique\(y, return_inverse=True\)\[1\]"):
            model().fit(np.ones((3, 2)), y)
    # as told, it runs
    model().fit(np.ones((3, 2)), np.unique(labels, return_inverse=True)[1], verbose=0)


def test_numbers_as_texts_are_told_to_become_floats():
    with pytest.raises(TypeError, match="convert them first") as caught:
        model().fit(np.ones((2, 2)), ["1.5", "2"])
    assert "unique" not in str(caught.value)

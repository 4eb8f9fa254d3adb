"""Tables: DataFrames and Series become arrays of numbers, or the error names the columns."""

import contextlib
import importlib
from decimal import Decimal

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
    with pytest.raises(TypeError, match=r"not: 'city' \(String\)"):
        as_numbers(frame.with_columns(city=pl.Series(["x", "y"])))
    with pytest.raises(TypeError, match=r"not: 'day' \(Date\)\. .* days since the first"):
        as_numbers(pl.DataFrame({"a": [1.0]}).with_columns(day=pl.date(2020, 1, 1)))
    with pytest.raises(TypeError, match=r"a lazy table, a LazyFrame: x\.collect\(\)"):
        model().fit(frame.lazy(), [1, 2])


def frames(columns):
    """Yield the same columns as tables of pandas and of polars, as far as they are installed."""
    for name in ("pandas", "polars"):
        with contextlib.suppress(ImportError):
            library = importlib.import_module(name)
            yield library.DataFrame(columns), library.Series


def test_tables_train_like_their_numbers_wherever_data_go():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(8, 2)), rng.integers(0, 2, 8)
    start = model()

    def results(x, y, weights, target):
        fitted = model()
        fitted.set_weights(start.get_weights())
        history = fitted.fit(
            x, y, sample_weight=weights, validation_data=(x, target, weights), shuffle=False,
            epochs=2, verbose=0,
        ).history  # fmt: skip
        history |= fitted.fit([(x, y, weights)] * 2, shuffle=False, verbose=0).history
        split = fitted.fit(x, y, validation_split=0.25, shuffle=False, verbose=0).history
        history |= {"evaluate": fitted.evaluate(x, target, verbose=0)}
        return np.hstack([*history.values(), *split.values()])

    expected = results(x, y, y + 1.0, y[:, np.newaxis])
    for frame, series in frames({"a": x[:, 0], "b": x[:, 1]}):
        target = type(frame)({"y": y > 0})
        got = results(frame, series(y), series(y + 1.0), target)
        np.testing.assert_allclose(got, expected, rtol=1e-6)  # rows may lie in another order


class Lazy:
    def collect(self):
        raise AssertionError


def test_lazy_tables_and_dicts_are_told_what_to_become():
    with pytest.raises(TypeError, match=r"must be an array, got a lazy table, a Lazy: x\.collect"):
        model().fit(Lazy(), np.ones(2))
    with pytest.raises(TypeError, match=r"np\.column_stack\(\[\*x\.values\(\)\]\)"):
        model().fit({"a": np.ones(2), "b": np.ones(2)}, np.ones(2))


def test_decimals_are_numbers():
    column = np.array([Decimal("1.5"), None], object)
    np.testing.assert_array_equal(as_numbers(Table(["price"], [column])), [[1.5], [np.nan]])


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
    with pytest.raises(TypeError, match=r"got a sparse matrix, a Sparse: [xy]\.toarray\(\)"):
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

import json
import math
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import tinyneuron
from tinyneuron import backend, config, constraints, layers, regularizers, utils
from tinyneuron._common import arguments, arrays, configuration, names, normal, settings
from tinyneuron._common.registry import Registry

vectors = hnp.arrays(np.float64, st.integers(1, 6), elements=st.floats(-100, 100))
matrices = hnp.arrays(np.float64, (3, 4), elements=st.floats(-100, 100))

# config


def test_floatx_is_float32_until_it_is_set():
    assert config.floatx() == "float32"
    config.set_floatx("float64")
    assert config.floatx() == "float64"
    assert settings.float_dtype(None) == np.float64
    config.set_floatx(np.float32)
    assert config.floatx() == "float32"


@pytest.mark.parametrize("value", ["float16", "int32", "nonsense", 3, object, "complex64"])
def test_any_other_dtype_is_refused(value):
    with pytest.raises(ValueError, match="dtype must be 'float32' or 'float64', got"):
        config.set_floatx(value)
    assert config.floatx() == "float32"


def test_epsilon_is_keras_and_can_be_set():
    assert config.epsilon() == 1e-7
    config.set_epsilon(1)
    assert config.epsilon() == 1
    assert isinstance(config.epsilon(), float)


@pytest.mark.parametrize("value", [0, -1e-7, math.nan])
def test_epsilon_must_be_positive(value):
    with pytest.raises(ValueError, match="epsilon must be a finite number above 0"):
        config.set_epsilon(value)
    assert config.epsilon() == 1e-7


@pytest.mark.parametrize("seed", [0, 7, 2**32 - 1, np.int64(7)])
def test_set_random_seed_repeats_pythons_numpys_and_our_numbers(seed):
    def draw():
        config.set_random_seed(seed)
        return random.random(), np.random.rand(), settings.make_seed()

    assert draw() == draw()
    assert random.random() != draw()[0]


def test_seeds_differ_from_draw_to_draw_and_from_seed_to_seed():
    drawn = [settings.make_seed() for _ in range(100)]
    assert len(set(drawn)) == 100
    assert all(0 <= seed < 2**31 for seed in drawn)
    config.set_random_seed(1)
    assert settings.make_seed() not in drawn


def test_without_a_seed_the_generator_is_made_once(monkeypatch):
    monkeypatch.setattr(settings, "_generator", None)
    generator = settings.random_generator()
    assert isinstance(generator, np.random.Generator)
    assert settings.random_generator() is generator


@pytest.mark.parametrize(
    ("seed", "message"),
    [
        (1.5, "an integer, got 1.5"),
        ("1", "an integer, got '1'"),
        (-1, "from 0 to"),
        (2**32, "from"),
    ],
)
def test_a_seed_out_of_range_is_refused_and_changes_nothing(seed, message):
    before = settings.random_generator()
    with pytest.raises(ValueError, match=f"seed must be {message}"):
        config.set_random_seed(seed)
    assert settings.random_generator() is before


# arrays


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


@pytest.mark.parametrize("value", [1, 3, np.int64(3), np.uint8(200)])
def test_positive_integers_are_ints(value):
    got = arguments.integer("units", value)
    assert got == value
    assert type(got) is int


@pytest.mark.parametrize("value", [0, -1, 2.5, 3.0, "3", None, True, np.float64(3), [3]])
def test_anything_else_is_no_positive_integer(value):
    with pytest.raises(ValueError, match="units must be a positive integer, got"):
        arguments.integer("units", value)


# identifiers


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Dense", "dense"), ("LeakyReLU", "leaky_re_lu"), ("ReLU", "re_lu"), ("ELU", "elu"),
        ("L1L2", "l1l2"), ("HeNormal", "he_normal"), ("My Layer!", "my_layer"), ("A1Bc", "a1_bc"),
    ],
)  # fmt: skip
def test_snake_case_is_that_of_keras(name, expected):
    assert names.to_snake_case(name) == expected


def test_nearest_suggests_or_lists():
    known = ["tanh", "relu", "sigmoid"]
    assert names.nearest("Sigmiod", known) == "Did you mean 'sigmoid'?"
    assert names.nearest("leakyrelu", ["LeakyReLU", "ReLU"]) == "Did you mean 'LeakyReLU'?"
    assert names.nearest("xyz", iter(known)) == "Known names: relu, sigmoid, tanh."


class Plain:
    def __init__(self, size=1):
        self.size = size


THINGS = Registry("thing", Plain, regularizers.L2, other=regularizers.L1, ready="an object")


def test_table_of_has_class_names_snake_names_and_aliases():
    assert set(THINGS.table) == {"Plain", "plain", "L2", "l2", "other", "ready"}


@pytest.mark.parametrize(
    ("identifier", "cls", "attributes"),
    [
        ("plain", Plain, {"size": 1}),
        (Plain, Plain, {"size": 1}),
        ({"class_name": "Plain", "config": {"size": 3}}, Plain, {"size": 3}),
        ({"class_name": "Plain"}, Plain, {"size": 1}),
        ({"class_name": "Plain", "config": None}, Plain, {"size": 1}),
        ({"class_name": "L2", "config": {"l2": 0.5}}, regularizers.L2, {"l1": 0.0, "l2": 0.5}),
        ({"class_name": "function", "config": "l2"}, regularizers.L2, {"l1": 0.0, "l2": 0.01}),
        ("other", regularizers.L1, {"l1": 0.01, "l2": 0.0}),
    ],
)
def test_resolve_makes_what_is_named(identifier, cls, attributes):
    found = THINGS.find(identifier)
    assert type(found) is cls
    assert vars(found) == attributes


def test_resolve_leaves_objects_and_configurations_alone():
    thing, settings = Plain(), {"config": {"size": 9}, "class_name": "Plain"}
    assert THINGS.find(thing) is thing
    assert THINGS.find("ready") == "an object"
    THINGS.find(settings)
    assert settings == {"config": {"size": 9}, "class_name": "Plain"}


def test_resolve_names_kind_and_nearest():
    for identifier in ("plan", {"class_name": "plan", "config": {}}):
        with pytest.raises(ValueError, match=r"Unknown thing 'plan'\. Did you mean 'plain'\?"):
            THINGS.find(identifier)


class Doubled(regularizers.Regularizer):
    def __init__(self, by=2):
        self.by = by
        self._hidden = 0


def test_serialize_says_where_the_class_lives():
    assert configuration.serialize(regularizers.L2(0.5)) == {
        "module": "keras.regularizers",
        "class_name": "L2",
        "config": {"l2": 0.5},
        "registered_name": None,
    }
    assert configuration.serialize(Doubled(3)) == {
        "module": Doubled.__module__,
        "class_name": "Doubled",
        "config": {"by": 3},
        "registered_name": "Doubled",
    }


def test_a_configurable_is_its_public_attributes():
    assert Doubled.from_config({"by": 5}).get_config() == {"by": 5}
    assert repr(Doubled(5)) == "Doubled(by=5)"


# normal


@given(z=st.floats(-5, 5))
def test_normal_cdf_is_erfc_to_rounding(z):
    expected = math.erfc(-z / math.sqrt(2)) / 2
    assert normal.normal_cdf(np.array(z)) == pytest.approx(expected, rel=2e-14)


def test_normal_cdf_keeps_its_precision_far_into_the_left_tail():
    z = np.linspace(-37, 9, 2001)
    expected = [math.erfc(-x / math.sqrt(2)) / 2 for x in z]
    np.testing.assert_allclose(normal.normal_cdf(z), expected, rtol=1e-12)


def test_normal_cdf_at_the_ends_is_zero_and_one():
    z = np.array([-np.inf, -1e308, -40, 40, 1e308, np.inf])
    assert normal.normal_cdf(z).tolist() == [0, 0, 0, 1, 1, 1]
    assert normal.normal_pdf(z).tolist() == [0] * 6


@given(z=st.floats(-30, 30))
def test_normal_pdf_is_the_bell_curve(z):
    expected = math.exp(-z * z / 2) / math.sqrt(2 * math.pi)
    assert normal.normal_pdf(np.array(z)) == pytest.approx(expected, rel=1e-14)


# regularizers

PENALTIES = [
    (regularizers.L1(0.3), 0.3, 0),
    (regularizers.L2(0.2), 0, 0.2),
    (regularizers.L1L2(0.3, 0.2), 0.3, 0.2),
    (regularizers.L1L2(), 0, 0),
    (regularizers.L1(), 0.01, 0),
    (regularizers.L2(), 0, 0.01),
    (regularizers.L1L2(None, 0.5), 0, 0.5),
]


@given(w=matrices)
def test_a_penalty_is_its_formula(w):
    for regularizer, l1, l2 in PENALTIES:
        expected = math.fsum(l1 * abs(x) + l2 * x * x for x in w.flat)
        assert regularizer(w) == pytest.approx(expected, rel=1e-13, abs=1e-300)
        assert type(regularizer(w.astype(np.float32))) is float
        assert regularizer(w.tolist()) == pytest.approx(expected, rel=1e-5, abs=1e-30)


@given(w=vectors)
def test_a_penaltys_gradient_is_its_finite_difference(w):
    h = 1e-3
    w[abs(w) < 2 * h] = 1  # |w| has a kink at 0
    up, down = w + h, w - h
    for regularizer, l1, l2 in PENALTIES:
        rise = l1 * (abs(up) - abs(down)) + l2 * (up**2 - down**2)
        np.testing.assert_allclose(regularizer.gradient(w), rise / (2 * h), rtol=1e-7, atol=1e-7)


def test_the_gradient_at_zero_is_zero_and_keeps_the_dtype():
    gradient = regularizers.L1L2(0.5, 0.5).gradient(np.zeros(3, np.float32))
    assert gradient.tolist() == [0, 0, 0]
    assert gradient.dtype == np.float32


@pytest.mark.parametrize(
    ("identifier", "config"),
    [
        ("l1", {"l1": 0.01}), ("L2", {"l2": 0.01}), ("l1_l2", {"l1": 0.0, "l2": 0.0}),
        ("l1l2", {"l1": 0.0, "l2": 0.0}), (regularizers.l2, {"l2": 0.01}),
        ({"class_name": "L1L2", "config": {"l1": 1, "l2": 2}}, {"l1": 1.0, "l2": 2.0}),
    ],
)  # fmt: skip
def test_regularizers_by_name_and_back(identifier, config):
    regularizer = regularizers.get(identifier)
    assert json.loads(json.dumps(regularizer.get_config())) == config
    again = regularizers.deserialize(configuration.serialize(regularizer))
    assert type(again) is type(regularizer)
    assert again([1.0, -3.0]) == regularizer([1.0, -3.0])


@pytest.mark.parametrize("value", [-0.1, math.nan, math.inf, "much", [1]])
def test_factors_that_are_no_weight_are_refused_by_name(value):
    for name, make in (("l1", regularizers.L1), ("l2", regularizers.L2)):
        with pytest.raises(ValueError, match=f"{name} must be a finite number from 0 up"):
            make(value)


def test_a_penalty_on_words_is_refused():
    with pytest.raises(TypeError, match="x must be real numbers"):
        regularizers.L2()(["a"])


# constraints


@given(w=matrices)
def test_non_neg_is_the_positive_part(w):
    np.testing.assert_array_equal(constraints.NonNeg()(w), (w + abs(w)) / 2)


def lengths(w, axis):
    return np.apply_along_axis(lambda x: math.hypot(*x), axis, w)


@pytest.mark.parametrize("axis", [0, 1])
@given(w=matrices, limit=st.floats(0.1, 50))
def test_max_norm_shortens_the_long_and_turns_none(w, limit, axis):
    got = constraints.MaxNorm(limit, axis)(w)
    norms = lengths(w, axis)
    wanted = np.minimum(norms, limit) * (norms / (norms + 1e-7))  # Keras' epsilon
    np.testing.assert_allclose(lengths(got, axis), wanted, rtol=1e-9, atol=1e-12)
    assert (got * w >= 0).all()


@pytest.mark.parametrize("axis", [0, 1])
@given(w=matrices)
def test_unit_norm_gives_length_one(w, axis):
    norms = lengths(w, axis)
    got = lengths(constraints.UnitNorm(axis)(w), axis)
    np.testing.assert_allclose(got, norms / (norms + 1e-7), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("make", [constraints.NonNeg, constraints.MaxNorm, constraints.UnitNorm])
def test_constraints_leave_their_argument_alone_and_keep_its_dtype(make):
    w = np.array([[-3.0, 0.0], [4.0, 0.0]], np.float32)
    before = w.copy()
    got = make()(w)
    assert got.dtype == np.float32
    assert not np.isnan(got).any()
    np.testing.assert_array_equal(w, before)


@pytest.mark.parametrize(
    ("identifier", "cls", "config"),
    [
        ("non_neg", constraints.NonNeg, {}),
        ("MaxNorm", constraints.MaxNorm, {"max_value": 2, "axis": 0}),
        ("unit_norm", constraints.UnitNorm, {"axis": 0}),
        (
            {"class_name": "MaxNorm", "config": {"max_value": 3, "axis": 1}},
            constraints.MaxNorm,
            {"max_value": 3, "axis": 1},
        ),
    ],
)
def test_constraints_by_name_and_back(identifier, cls, config):
    constraint = constraints.get(identifier)
    assert type(constraint) is cls
    assert constraint.get_config() == config
    again = constraints.deserialize(configuration.serialize(constraint))
    assert vars(again) == vars(constraint)


# what regularizers and constraints share


@pytest.mark.parametrize(
    ("module", "kind", "wrong", "near"),
    [
        (regularizers, "regularizer", "l1_l3", "l1_l2"),
        (constraints, "constraint", "unit_nrm", "unit_norm"),
    ],
)
def test_get_passes_none_and_callables_and_refuses_the_rest(module, kind, wrong, near):
    assert module.get(None) is None
    assert module.get(math.fsum) is math.fsum
    with pytest.raises(ValueError, match=rf"Unknown {kind} '{wrong}'\. Did you mean '{near}"):
        module.get(wrong)
    with pytest.raises(TypeError, match=f"A {kind} is a name or a callable, got 3"):
        module.get(3)


def test_a_base_class_says_what_it_lacks():
    with pytest.raises(NotImplementedError, match=r"Regularizer must define __call__\(x\)"):
        regularizers.Regularizer()([1.0])
    with pytest.raises(NotImplementedError, match=r"Regularizer must define gradient\(x\)"):
        regularizers.Regularizer().gradient(np.ones(1))
    with pytest.raises(NotImplementedError, match=r"Constraint must define __call__\(w\)"):
        constraints.Constraint()([1.0])


# utils


@given(
    classes=hnp.arrays(
        np.int64, hnp.array_shapes(max_dims=2, min_side=2), elements=st.integers(0, 9)
    ),
    extra=st.integers(0, 3),
)
def test_to_categorical_is_one_at_the_class_alone(classes, extra):
    n = int(classes.max()) + 1 + extra
    got = utils.to_categorical(classes, n)
    assert got.dtype == np.float64  # as from Keras
    assert got.shape == (*classes.shape, n)
    for i in np.ndindex(classes.shape):
        assert got[i].tolist() == [float(j == classes[i]) for j in range(n)]
    np.testing.assert_array_equal(utils.to_categorical(classes), got[..., : n - extra])


@pytest.mark.parametrize(
    ("x", "expected"),
    [
        ([[1], [0]], [[0, 1], [1, 0]]),  # a column is its entries
        ([1], [[0, 1]]),
        (1, [0, 1]),
        ([1.0, 0.0], [[0, 1], [1, 0]]),
        ([True, False], [[0, 1], [1, 0]]),
        (np.uint8([1, 0]), [[0, 1], [1, 0]]),
    ],
)
def test_to_categorical_takes_what_counts_as_classes(x, expected):
    np.testing.assert_array_equal(utils.to_categorical(x), expected)


def test_to_categorical_of_nothing_is_nothing():
    assert utils.to_categorical([]).shape == (0, 0)
    assert utils.to_categorical([], 3).shape == (0, 3)


@pytest.mark.parametrize(
    ("x", "n", "message"),
    [
        ([0.5], None, "whole class numbers"),
        ([math.nan], None, "whole class numbers"),
        ([math.inf], None, "whole class numbers"),
        ([1e300], None, "whole class numbers"),
        ([-1, 2], None, "from 0 to 2, got some from -1 to 2"),
        ([0, 3], 3, "from 0 to 2, got some from 0 to 3"),
        ([0], 0, "num_classes must be a positive integer"),
        ([0], 2.5, "num_classes must be a positive integer"),
        ([[0], [0, 1]], None, "x must be rectangular"),
    ],
)
def test_to_categorical_refuses_what_is_no_class(x, n, message):
    with pytest.raises(ValueError, match=message):
        utils.to_categorical(x, n)


def test_to_categorical_refuses_words():
    with pytest.raises(TypeError, match="x must be real numbers, got dtype <U3"):
        utils.to_categorical(["cat"])


NORMS = {
    1: lambda x: math.fsum(map(abs, x)),
    2: lambda x: math.hypot(*x),
    3: lambda x: math.fsum(abs(t) ** 3 for t in x) ** (1 / 3),
}


@given(x=hnp.arrays(np.float64, (3, 4), elements=st.integers(-20, 20)))
def test_normalize_gives_length_one_and_keeps_zeros(x):
    for order, norm in NORMS.items():
        for axis in (0, 1, -1):
            norms = np.apply_along_axis(norm, axis, x)
            got = utils.normalize(x, axis, order) * np.expand_dims(norms, axis)
            np.testing.assert_allclose(got, x, rtol=1e-12)
    assert not utils.normalize(0 * x).any()


def test_normalize_takes_lists_and_single_vectors():
    got = utils.normalize([3, 4])
    assert got.dtype == np.float32
    np.testing.assert_allclose(got, [0.6, 0.8], rtol=1e-6)
    np.testing.assert_array_equal(utils.normalize(-5.0), [-1])
    with pytest.raises(TypeError, match="x must be real numbers"):
        utils.normalize(["a"])


# the package


def test_clear_session_starts_the_names_over():
    assert [layers.Dense(1).name for _ in range(2)] == ["dense", "dense_1"]
    utils.clear_session()
    assert layers.Dense(1).name == "dense"


def test_backend_and_utils_are_doors_to_the_same_functions():
    for name in ("floatx", "set_floatx", "epsilon", "set_epsilon"):
        assert getattr(backend, name) is getattr(config, name)
    assert utils.set_random_seed is config.set_random_seed
    assert backend.clear_session is utils.clear_session


@pytest.mark.parametrize("module", [tinyneuron, backend, utils, layers])
def test_every_name_that_is_announced_is_there(module):
    assert all(hasattr(module, name) for name in module.__all__)


@pytest.mark.parametrize(("wrong", "near"), [("sequental", "Sequential"), ("layrs", "layers")])
def test_a_missing_name_is_answered_with_the_nearest(wrong, near):
    with pytest.raises(AttributeError, match=f"tinyneuron has no '{wrong}'.*Did you mean '{near}'"):
        getattr(tinyneuron, wrong)


def test_a_missing_name_without_neighbours_lists_what_there_is():
    with pytest.raises(AttributeError, match=r"not all of Keras\. Known names: .*Sequential"):
        _ = tinyneuron.qqqq


def test_plotting_is_imported_when_asked_for():
    pytest.importorskip("matplotlib")
    assert tinyneuron.plotting.__name__ == "tinyneuron.plotting"

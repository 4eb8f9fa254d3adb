"""What trains is what predicts: no class keeps the derivative of a formula it has replaced."""

import inspect

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinyneuron import Input, Sequential, activations, layers, losses, optimizers, regularizers
from tinyneuron._common.configuration import Configurable
from tinyneuron._common.pairs import check_pair

# kind: (base, pairs of formulas and derivatives, and the class below which methods count)
LOSS_PAIRS = [
    (["call"], ["gradient"], losses.Loss),
    (["reduce"], ["output_gradient"], Configurable),
]
CROSS_ENTROPY_PAIRS = [
    (
        ["call_probabilities", "link"],
        ["gradient_probabilities", "call_logits", "gradient_logits"],
        losses.CrossEntropy,
    ),
    LOSS_PAIRS[1],
]
NEEDED = {activations.Threshold: (1.0, 0.0)}
CHOOSING = {"call", "gradient"}  # of cross-entropies: between formulas
ACTIVATION_PAIRS = [(["apply"], ["slope", "backward"], activations.Activation)]
REGULARIZER_PAIRS = [(["__call__"], ["gradient"], regularizers.Regularizer)]


def classes(module, base):
    found = dict.fromkeys(value for value in vars(module).values() if inspect.isclass(value))
    return [cls for cls in found if issubclass(cls, base) and cls is not base]


def pairs_of(cls):
    if issubclass(cls, activations.Activation):
        return ACTIVATION_PAIRS
    if issubclass(cls, regularizers.Regularizer):
        return REGULARIZER_PAIRS
    return CROSS_ENTROPY_PAIRS if issubclass(cls, losses.CrossEntropy) else LOSS_PAIRS


ACTIVATIONS = classes(activations, activations.Activation)
REGULARIZERS = classes(regularizers, regularizers.Regularizer)
LOSSES = [cls for cls in classes(losses, losses.Loss) if cls is not losses.CrossEntropy]
ALL = [*ACTIVATIONS, *REGULARIZERS, *LOSSES]
each_class = pytest.mark.parametrize("cls", ALL, ids=lambda cls: cls.__name__)


def another(self, *arguments):
    """Stand for any method of one's own."""


def is_whole(cls, overridden):
    """Say whether these names make a whole: with each formula, all derivatives that there are."""
    if issubclass(cls, losses.CrossEntropy) and overridden & CHOOSING:
        return False
    for formulas, derivatives, generic in pairs_of(cls):
        touched = overridden & {*formulas, *derivatives}
        written = {
            name for name in derivatives if getattr(cls, name) is not getattr(generic, name, None)
        }
        if touched and not (overridden & set(formulas) and written <= overridden):
            return False
    return True


def made(cls):
    """Make a thing of a class, with arguments for those that need some."""
    needed = next((NEEDED[parent] for parent in cls.__mro__ if parent in NEEDED), ())
    return cls(*needed)


def names_of(cls):
    names = {name for pair in pairs_of(cls) for part in pair[:2] for name in part}
    return sorted(names | CHOOSING if issubclass(cls, losses.CrossEntropy) else names)


def test_there_are_classes_of_all_three_kinds():
    assert min(len(ACTIVATIONS), len(LOSSES)) >= 15
    assert len(REGULARIZERS) == 3


@each_class
def test_the_classes_of_the_library_may_train(cls):
    made(cls).check_trainable()


def rewritten(method):
    """Another method that does the same."""
    if not inspect.isfunction(method):
        return method
    return lambda *arguments: method(*arguments)


@given(data=st.data())
def test_a_subclass_may_train_with_whole_pairs_alone(data):
    cls = data.draw(st.sampled_from(ALL))
    overridden = data.draw(st.sets(st.sampled_from(names_of(cls))))
    restated = {name: rewritten(getattr(cls, name)) for name in overridden}
    below = type("Below", (type("Own", (cls,), restated),), {})
    if is_whole(cls, overridden):
        made(below).check_trainable()
    else:
        with pytest.raises(TypeError, match=r"^Own defines .* and inherits |^Below overrides"):
            made(below).check_trainable()


@each_class
def test_each_method_overridden_alone_is_refused(cls):
    for name in names_of(cls):
        own = type("Own", (cls,), {name: another})
        if not is_whole(cls, {name}):
            with pytest.raises(
                TypeError, match=rf"^Own (defines {name} and inherits|overrides {name},)"
            ):
                made(own).check_trainable()


@each_class
def test_the_message_says_what_to_write_where_the_inherited_one_is_right(cls):
    formula = pairs_of(cls)[0][0][0]
    body = {formula: getattr(cls, formula)}
    for _ in range(3):
        try:
            made(type("Own", (cls,), body)).check_trainable()
            break
        except TypeError as error:
            for line in str(error).rpartition("write ")[2].rstrip(".").split("; "):
                name, _, source = line.partition(" = ")
                holder, _, method = source.partition(".")
                assert name == method
                owner = next(c for c in cls.__mro__ if c.__name__ == holder)
                body[name] = vars(owner)[name]
    else:
        pytest.fail("what the messages say to write is not enough")


@pytest.mark.parametrize("cls", [*ACTIVATIONS, *LOSSES], ids=lambda cls: cls.__name__)
def test_a_method_set_on_an_instance_counts_as_overridden(cls):
    thing = made(cls)
    formula = pairs_of(cls)[0][0][0]
    setattr(thing, formula, getattr(thing, formula))
    with pytest.raises(TypeError, match=rf"^An instance of {cls.__name__} defines {formula}"):
        thing.check_trainable()


def test_python_does_not_look_for_special_methods_on_instances():
    penalty = regularizers.L2()
    penalty.__call__ = lambda x: 0.0
    assert penalty([1.0]) == pytest.approx(0.01)
    penalty.check_trainable()


def test_a_formula_alone_says_what_is_missing():
    class Cubed(losses.Loss):
        def call(self, y_true, y_pred):
            return (np.abs(y_pred - y_true) ** 3).sum(axis=-1)

    class Twice(activations.Activation):
        def apply(self, z):
            return np.multiply(z, 2, out=z)

    class Fourth(regularizers.Regularizer):
        def __call__(self, x):
            return float((x**4).sum())

    for cls, missing in ((Cubed, "gradient"), (Twice, "slope"), (Fourth, "gradient")):
        with pytest.raises(
            NotImplementedError, match=f"{cls.__name__} must define {missing}, as it has"
        ):
            made(cls).check_trainable()


def test_a_formula_and_its_derivative_may_not_come_from_two_parents():
    class Value:
        def apply(self, z):
            return z

    class Slope:
        def slope(self, z, a):
            return a

    class Both(Value, Slope, activations.Activation):
        pass

    with pytest.raises(TypeError, match=r"^Value defines apply and inherits slope.*Slope\.slope"):
        Both().check_trainable()


def test_a_thing_without_either_is_no_pair():
    check_pair(object(), ["apply"], ["slope"], int)


# Where training begins


class Warm(activations.Sigmoid):
    def apply(self, z):
        return super().apply(np.divide(z, 2, out=z))


class Quartic(losses.MeanSquaredError):
    def call(self, y_true, y_pred):
        return np.square(super().call(y_true, y_pred))


class Tempered(losses.BinaryCrossentropy):
    """A model's sigmoid is left to the loss, which would pass by these two formulas."""

    def call(self, y_true, y_pred):
        return 2 * super().call(y_true, y_pred)

    def gradient(self, y_true, y_pred):
        return 2 * super().gradient(y_true, y_pred)


class Heavy(regularizers.L2):
    def __call__(self, x):
        return 10 * super().__call__(x)


@pytest.mark.parametrize(
    ("options", "loss", "name"),
    [
        ({"activation": Warm()}, "mse", "Warm"),
        ({}, Quartic(), "Quartic"),
        ({"activation": "sigmoid"}, Tempered(), "Tempered"),
        ({"kernel_regularizer": Heavy()}, "mse", "Heavy"),
        ({"activity_regularizer": Heavy()}, "mse", "Heavy"),
    ],
)
def test_half_a_pair_predicts_and_is_refused_when_training_begins(options, loss, name):
    x, y = np.ones((4, 2)), np.ones((4, 1))
    model = Sequential([Input((2,)), layers.Dense(1, **options)])
    model.compile("sgd", loss)
    before = model.get_weights()
    assert model.predict(x, verbose=0).shape == (4, 1)
    with pytest.raises(TypeError, match=f"^{name} (defines|overrides)"):
        model.fit(x, y, verbose=0)
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))


def test_half_a_cross_entropy_does_not_take_logits_for_probabilities():
    with pytest.raises(TypeError, match=r"^Tempered overrides call.* subclasses losses\.Loss"):
        Tempered().on_logits()


class Weighted(losses.BinaryCrossentropy):
    """Three times the cross-entropy, whole in both forms."""

    def call_logits(self, y, z):
        return 3 * super().call_logits(y, z)

    def gradient_logits(self, y, z):
        return 3 * super().gradient_logits(y, z)

    def call_probabilities(self, y, a):
        return 3 * super().call_probabilities(y, a)

    def gradient_probabilities(self, y, a):
        return 3 * super().gradient_probabilities(y, a)


@pytest.mark.parametrize("activation", ["sigmoid", None])
def test_a_whole_cross_entropy_of_ones_own_trains_as_it_says(activation):
    x, y = np.array([[1.0], [-2.0]]), np.array([[1.0], [1.0]])
    trained = []
    for loss, rate in ((Weighted, 0.1), (losses.BinaryCrossentropy, 0.3)):
        model = Sequential([Input((1,)), layers.Dense(1, activation, kernel_initializer="ones")])
        model.compile(optimizers.SGD(rate), loss(from_logits=activation is None))
        of_loss = model.train_on_batch(x, y)
        trained.append((of_loss * rate, *model.get_weights()))
    for one, other in zip(*trained, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-6)

"""What every item of the catalogue owes, held through the registries: a new one owes it, too."""

import re
from pathlib import Path

import numpy as np
import pytest

import catalogue
import metric_cases
import trajectories
from every_item import NEEDED, REGISTRIES, items, made
from tinyneuron import (
    activations,
    constraints,
    initializers,
    losses,
    metrics,
    optimizers,
    regularizers,
)
from tinyneuron._common.configuration import parameters, serialize
from tinyneuron.optimizers import schedules

PAGE = (Path(__file__).parents[1] / "docs" / "keras.md").read_text("utf-8")
FORMULA = re.compile(r"[-+*/^<>=|]|max\(|`\w+(\.\w+)?`")  # or the sibling that has it
RNG = np.random.default_rng(8)
#: Whose training or values Keras cannot have recorded.
NOT_RECORDED = {
    "Sparsemax": "does not sum to one in Keras 3.15",
    "Threshold": "has no name by which Dense knows it in Keras",
    "Mean": "takes values, not targets and outputs",
    "Sum": "takes values, not targets and outputs",
    "MeanMetricWrapper": "is the mean of whatever it is given",
    "Huber": "is no metric of Keras; the loss is recorded",
}


def every(*modules):
    found = items(*modules)
    return pytest.mark.parametrize("cls", found.values(), ids=found.keys())


def recorded():
    """Return the names of the classes in the cases that Keras has run."""
    last = {activation for _, _, activation, _ in trajectories.LOSSES.values()}
    extras = [layer for layer, *_ in trajectories.EXTRAS.values()]
    makers = {*catalogue.ACTIVATIONS, *last, "tanh"}
    return {
        activations: {type(activations.get(name)).__name__ for name in makers},
        losses: {cls for cls, *_ in (*trajectories.LOSSES.values(), *catalogue.LOSSES.values())},
        metrics: {cls for cls, *_ in metric_cases.CASES.values()},
        optimizers: {cls for cls, _ in trajectories.OPTIMIZERS.values()}
        | {type(make(optimizers)).__name__ for make in catalogue.OPTIMIZERS.values()},
        constraints: {
            type(constraints.get(value)).__name__
            for layer in extras
            for option, value in layer.items()
            if option.endswith("constraint")
        }
        | {"MinMaxNorm"},
        regularizers: {
            type(regularizers.get(value)).__name__
            for layer in extras
            for option, value in layer.items()
            if option.endswith("regularizer")
        },
    }


@pytest.mark.parametrize("module", recorded(), ids=lambda module: module.__name__)
def test_it_is_in_a_case_that_keras_has_run(module):
    names = {cls.__name__ for cls in items(module).values()}
    assert names - recorded()[module] <= NOT_RECORDED.keys()


@every()
def test_its_docstring_says_what_it_is(cls):
    words = vars(cls).get("__doc__") or ""
    assert len(words.split()) > 2
    assert words.split("\n")[0].rstrip().endswith((".", ",", ":", "options", "approximately"))


@every(activations, losses, metrics, optimizers, schedules, constraints, regularizers)
def test_its_docstring_has_the_formula(cls):
    in_words = {"SparseCategoricalAccuracy", "CategoricalAccuracy", "TopKCategoricalAccuracy"}
    assert FORMULA.search(cls.__doc__) or cls.__name__ in in_words


@every()
def test_the_page_on_keras_names_it(cls):
    tables = [registry.table for registry in REGISTRIES.values()]
    names = {n for table in tables for n, v in table.items() if v is cls or type(v) is cls}
    assert any(f"`{name}`" in PAGE for name in names)


@every()
def test_each_argument_is_refused_by_name(cls):
    for name, _ in parameters(cls):
        # An initializer of a layer is called an initializer, whichever it is.
        word = re.sub(r".*_(initializer|regularizer|constraint)$", r"\1", name)
        word = {"batch_shape": "shape", "input_dim": "input_shape"}.get(name, word)
        with pytest.raises((TypeError, ValueError), match=word):
            cls(**{**NEEDED.get(cls.__name__, {}), name: object()})


@every()
def test_an_argument_that_it_has_not_is_refused_by_name(cls):
    with pytest.raises((TypeError, ValueError), match=r"flavour|\w+\(\) takes no arguments"):
        cls(**NEEDED.get(cls.__name__, {}), flavour=1)


@every(losses, metrics, optimizers, initializers, constraints, regularizers)
def test_its_description_makes_it_again(cls):
    item = made(cls)
    module = next(module for module in REGISTRIES if cls in items(module).values())
    description = serialize(item)
    again = module.get(description)
    assert type(again) is cls
    assert serialize(again) == description
    assert description["module"] == module.__name__.replace("tinyneuron", "keras")


@every(activations)
def test_an_activations_description_makes_it_again(cls):
    assert activations.get(activations.serialize(made(cls))) == made(cls)


# Gradients ----------------------------------------------------------------------------------------


@every(regularizers)
def test_a_penaltys_gradient_is_its_slope(cls):
    penalty, w, h = made(cls), RNG.normal(size=(3, 2)), 1e-6
    for i in np.ndindex(w.shape):
        step = np.zeros_like(w)
        step[i] = h
        slope = (penalty(w + step) - penalty(w - step)) / (2 * h)
        assert penalty.gradient(w)[i] == pytest.approx(slope, rel=1e-5, abs=1e-8)


EDGES = np.array([0, 0.2, 0.25, 0.5, 1, 2, 3, 6, 20])
EDGES = np.unique([*EDGES, *-EDGES])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@every(activations)
def test_at_an_edge_an_activation_is_what_it_is_beside_it(cls, dtype):
    """At it, and one float to each side, the values rise or fall by no more than the slopes say.

    The slope at the edge is that of one side, or between the two. `HardShrink` and `Threshold`
    jump: there the edge belongs to the side of 0, or of the default value.
    """
    g, z = made(cls), EDGES.astype(dtype)
    if isinstance(g, activations.Softmax | activations.Sparsemax):
        z = np.stack([z, 0 * z], axis=-1)
        assert np.isfinite(g(z)).all()
        return
    below, above = np.nextafter(z, z.dtype.type(-99)), np.nextafter(z, z.dtype.type(99))
    slopes = [g.derivative(side) for side in (z - 2**-9, z, z + 2**-9)]
    low, high = np.minimum(slopes[0], slopes[2]), np.maximum(slopes[0], slopes[2])
    assert (low - 2**-7 * (1 + abs(low)) <= slopes[1]).all()
    assert (slopes[1] <= high + 2**-7 * (1 + abs(high))).all()
    values = [g(side).astype(float) for side in (below, z, above)]
    unit = 8 * np.spacing(np.maximum(abs(z), 1).astype(dtype)) * (1 + abs(slopes[1]))
    jumps = np.zeros(z.shape, bool)
    if isinstance(g, activations.HardShrink | activations.Threshold):
        jumps = abs(z) == 0.5
        assert (values[1][jumps & (z > 0)] == getattr(g, "default_value", 0)).all()
    for side in (values[0], values[2]):
        assert (abs(side - values[1]) <= unit * (1 + abs(values[1])))[~jumps].all()


REGRESSIONS = [losses.MeanAbsoluteError, losses.Huber, losses.Hinge, losses.SquaredHinge]


@every(losses)
def test_at_an_edge_a_losss_gradient_is_between_those_beside_it(cls):
    """At a = y, |a - y| = delta, y a = 1, at probabilities of 0 and 1: finite, and between."""
    loss = made(cls)
    y = np.array([[0.0, 1.0], [1.0, 0.0]] * 4)
    a = np.array([[0.0, 1.0], [1.0, 0.0], [1.0, 2.0], [2.0, 1.0], [0.5, 0.5], [1, 1], [0.25, 1]])
    a = np.concatenate([a, [[1.0, 0.25]]])
    if cls is losses.SparseCategoricalCrossentropy:
        y = y.argmax(axis=-1)
    targets = loss.targets(y, a)
    gradient = loss.gradient(targets, a)
    assert np.isfinite(loss.call(targets, a)).all()
    assert np.isfinite(gradient).all()
    if cls in REGRESSIONS:
        beside = [loss.gradient(loss.targets(y, a + step), a + step) for step in (-1e-9, 1e-9)]
        assert (np.minimum(*beside) - 1e-6 <= gradient).all()
        assert (gradient <= np.maximum(*beside) + 1e-6).all()


WITH_THRESHOLDS = {
    name: cls
    for name, cls in items(metrics).items()
    if {"threshold", "thresholds"} & {name for name, _ in parameters(cls)}
    and cls is not metrics.AUC  # which interpolates between its thresholds
}


@pytest.mark.parametrize("cls", WITH_THRESHOLDS.values(), ids=WITH_THRESHOLDS)
def test_an_output_at_a_threshold_is_not_above_it(cls):
    option = "thresholds" if "thresholds" in dict(parameters(cls)) else "threshold"
    for dtype in (np.float32, np.float64):
        for threshold in (0.1, 0.3, 0.5, 0.7, 1.0):  # of which most are no floats of 32 bits
            t = dtype(threshold)
            below, above = np.nextafter(t, dtype(0)), np.nextafter(t, dtype(2))
            for y in (0.0, 1.0):
                found = [
                    np.sum(cls(**{option: threshold})([[y]], np.array([[a]])))
                    for a in (below, t, above)
                ]
                assert found[0] == found[1]
                assert found[1] != found[2] or y == SAME_BELOW_AND_ABOVE.get(cls)


#: The targets for which the metric is the same on both sides of a threshold.
SAME_BELOW_AND_ABOVE = {
    metrics.TruePositives: 0, metrics.FalseNegatives: 0, metrics.Precision: 0, metrics.Recall: 0,
    metrics.F1Score: 0, metrics.FBetaScore: 0, metrics.FalsePositives: 1, metrics.TrueNegatives: 1,
}  # fmt: skip


@every(schedules)
def test_a_schedule_changes_where_it_says(cls):
    """At step 0 it is the first rate; at the end of a period, that of one step to either side."""
    schedule = made(cls)
    assert schedule(0) == 0.1
    assert all(0 <= schedule(step) <= 0.2 for step in range(41))
    assert schedule(10) in (schedule(11), pytest.approx(schedule(9), rel=0.3, abs=0.02), 0.1)


@every(initializers)
def test_an_initializer_has_the_shape_and_dtype_asked_for(cls):
    for dtype in ("float32", "float64"):
        values = made(cls)((4, 3), dtype)
        assert values.shape == (4, 3)
        assert values.dtype == dtype

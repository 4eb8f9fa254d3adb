"""Points, regression lines and classes."""

import numpy as np

from drawn import PLANE, THREE, X, Y, names
from tinyneuron import plotting


def test_points_are_where_the_data_is():
    (line,) = plotting.plot_points([1.0, 2.0], [300.0, 500.0]).lines
    assert line.get_xydata().tolist() == [[1, 300], [2, 500]]


def test_the_regression_line_is_the_prediction_in_order_of_x():
    ax = plotting.plot_regression([2, 1, 3], [0, 0, 0], [20, 10, 30], label="model")
    assert ax.lines[1].get_xydata().tolist() == [[1, 10], [2, 20], [3, 30]]
    assert names(ax) == ["data", "model"]


def test_classes_have_markers_of_their_own():
    ax = plotting.plot_classes(X, Y, labels=["no", "yes"])
    assert [line.get_marker() for line in ax.lines] == ["o", "x"]
    assert names(ax) == ["no", "yes"]
    two = plotting.plot_classes(np.hstack([X, X + 1]), Y)
    assert two.lines[0].get_xydata().tolist() == [[0, 1], [1, 2], [2, 3]]


def test_no_two_of_49_classes_look_the_same():
    ax = plotting.plot_classes(np.arange(49), np.arange(49))
    assert len({(line.get_marker(), line.get_color()) for line in ax.lines}) == 49


def test_a_class_keeps_its_look_and_name_where_others_are_missing():
    all_three = plotting.plot_classes(PLANE, THREE, labels=["a", "b", "c"])
    last = plotting.plot_classes(PLANE[THREE == 2], THREE[THREE == 2], labels=["a", "b", "c"])
    assert names(last) == ["c"]
    assert last.lines[0].get_color() == all_three.lines[2].get_color()


def test_one_hot_rows_are_classes():
    ax = plotting.plot_classes(PLANE, np.eye(3)[THREE])
    for number, line in enumerate(ax.lines):
        np.testing.assert_array_equal(line.get_xydata(), PLANE[number == THREE])

"""Snake case, and the nearest of the known names."""

import pytest

from tinyneuron._common import names


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

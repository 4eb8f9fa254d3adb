"""The weights of each unit as an image."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tinyneuron as keras
from drawn import few, new_axes
from tinyneuron import plotting
from tinyneuron.layers import Dense, Flatten, Input


@few
@given(units=st.integers(1, 30), height=st.integers(1, 6), width=st.integers(1, 6))
def test_each_unit_s_weights_are_an_image(units, height, width):
    layer = Dense(units)
    layer.build((None, height * width))
    ax = plotting.plot_weights(layer, new_axes(), shape=(height, width))
    mosaic = ax.images[0].get_array()
    across = (mosaic.shape[1] + 1) // (width + 1)
    for unit in range(units):
        top, left = unit // across * (height + 1), unit % across * (width + 1)
        for pixel, weight in enumerate(layer.kernel[:, unit]):
            assert mosaic[top + pixel // width, left + pixel % width] == weight
    assert (~np.ma.getmaskarray(mosaic) & ~np.isnan(mosaic)).sum() == layer.kernel.size
    largest = np.abs(layer.kernel).max()
    assert ax.images[0].get_clim() == pytest.approx((-largest, largest))
    starts = [int(label.get_text().split()[1]) for label in ax.get_yticklabels()]
    assert starts == list(range(0, units, across))


def test_a_model_s_first_dense_layer_is_drawn():
    model = keras.Sequential([Input((3, 3)), Flatten(), Dense(2), Dense(4)])
    assert plotting.plot_weights(model).get_title() == "2 units, 3 x 3 weights each"

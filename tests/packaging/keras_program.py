"""A program in the manner of Keras' scripts, which type checkers must let pass."""

import numpy as np

import tinyneuron as keras
from tinyneuron import Input, Sequential, callbacks, metrics, optimizers, regularizers
from tinyneuron.layers import Dense, Dropout

model = Sequential(name="all")
model.add(Input(shape=(4,)))
model.add(Dense(8, "relu", kernel_initializer="he_normal", kernel_regularizer="l2"))
model.add(Dense(8, activation=None, kernel_regularizer=regularizers.l2(0.01)))
model.add(Dropout(0.2))
model.add(Dense(3, activation=keras.activations.softmax, input_shape=(8,)))
model.compile(
    optimizer=optimizers.SGD(optimizers.schedules.ExponentialDecay(0.1, 10, 0.9), momentum=0.9),
    loss=keras.losses.CategoricalCrossentropy(label_smoothing=0.1),
    metrics=["accuracy", metrics.Precision(), lambda y, a: np.abs(y - a).mean()],
)
y = keras.utils.to_categorical([0, 1, 2], num_classes=3)
stopping = callbacks.EarlyStopping(monitor="loss", patience=3)
model.fit(np.ones((3, 4)), y, epochs=2, callbacks=[stopping], class_weight={0: 1.0}, verbose=0)
loss, accuracy, *_ = model.evaluate(np.ones((3, 4)), y, verbose=0)

x = Input((4,))
functional = keras.Model(inputs=x, outputs=Dense(3)(x), name="chain")
kernel, bias = functional.layers[1].get_weights()
data_sets = keras.datasets.mnist, keras.datasets.boston_housing
load, draw, estimate = (
    keras.saving.load_model, keras.plotting.plot_history, keras.wrappers.SKLearnClassifier
)  # fmt: skip

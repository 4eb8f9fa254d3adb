"""A program whose mistakes type checkers find before it runs: one in each marked line."""

import tinyneuron as keras
from tinyneuron import layers

model = keras.Sequential([keras.Input((1,)), layers.Dense(1, "sigmoid")])
layers.Densee(1)  # mistake
layers.Dense(1, "sigmiod")  # mistake
layers.Dense(1, kernel_initializer="he_norml")  # mistake
print(layers.Dense(1).kernl)  # mistake
model.fitt([[1.0]], [1.0])  # mistake
model.fit([[1.0]], [1.0], nb_epoch=3)  # mistake
model.compile("adma", "mse")  # mistake
model.compile("adam", "mes")  # mistake
model.compile(keras.optimizers.Adam(lr=0.1), "mse")  # mistake
keras.optimizers.Adamm()  # mistake

"""The Sequential model from end to end: adding, popping, features of a layer, transfer."""

import keras
import numpy as np
from keras import layers

rng = np.random.RandomState(5)
x = rng.normal(size=(60, 4)).astype("float32")
y = (x[:, :1] * x[:, 1:2] > 0).astype("float32")

model = keras.Sequential(
    [
        layers.Dense(2, activation="relu", name="layer1"),
        layers.Dense(3, activation="relu", name="layer2"),
        layers.Dense(4, name="layer3"),
    ]
)
out = model(np.ones((3, 3)))
by_hand = model.get_layer("layer3")(
    model.get_layer("layer2")(model.get_layer("layer1")(np.ones((3, 3))))
)
print(len(model.layers), [tuple(weight.shape) for weight in model.weights])

model = keras.Sequential(name="my_sequential")
model.add(layers.Dense(2, activation="relu", name="first"))
model.add(layers.Dense(3, activation="relu", name="second"))
model.add(layers.Dense(4, name="third"))
model.pop()
print(model.name, len(model.layers), model.built, len(model.weights))

layer = layers.Dense(3, name="alone")
print(len(layer.weights))
alone = layer(np.ones((1, 4)))
print([tuple(weight.shape) for weight in layer.weights])

growing = keras.Sequential()
growing.add(keras.Input(shape=(4,)))
growing.add(layers.Dense(6, activation="relu", name="features"))
print(growing.output_shape)
growing.add(layers.Dense(5, activation="tanh", name="more"))
growing.add(layers.Dense(1, activation="sigmoid", name="last"))
print(growing.input_shape, growing.output_shape, growing.count_params())

extractor = keras.Model(inputs=growing.inputs, outputs=growing.get_layer(name="features").output)
features = extractor(x[:3])
all_of_them = [
    keras.Model(growing.inputs, layer.output).predict(x[:3], verbose=0) for layer in growing.layers
]

growing.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
history = growing.fit(x, y, epochs=4, batch_size=20, verbose=0)
results = growing.evaluate(x, y, verbose=0, return_dict=True)

for frozen in growing.layers[:-1]:
    frozen.trainable = False
growing.compile(optimizer="sgd", loss="binary_crossentropy", metrics=["accuracy"])
kept = [weight.copy() for weight in growing.get_weights()[:-2]]
more = growing.fit(x, y, epochs=2, batch_size=20, verbose=0)
print(
    len(growing.trainable_weights),
    all(np.array_equal(a, b) for a, b in zip(kept, growing.get_weights(), strict=False)),
)

base = keras.Sequential([keras.Input((4,)), *growing.layers[:2]], name="base")
base.trainable = False
transferred = keras.Sequential([base, layers.Dense(2, activation="softmax", name="head")])
transferred.compile("rmsprop", "sparse_categorical_crossentropy", metrics=["accuracy"])
last = transferred.fit(x, y[:, 0].astype(int), epochs=3, verbose=0)
print(len(transferred.trainable_weights), len(transferred.non_trainable_weights))

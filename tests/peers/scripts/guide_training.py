"""Training with the built-in methods: losses, metrics, weights, data in batches, checkpoints."""

import os

import keras
import numpy as np
from keras import layers

rng = np.random.RandomState(6)
x_train = rng.uniform(size=(200, 12)).astype("float32")
y_train = (3 * x_train[:, :3]).sum(axis=1).astype("int32") % 4
x_val, y_val = x_train[-50:], y_train[-50:]
x_train, y_train = x_train[:-50], y_train[:-50]
x_test, y_test = x_train[:40], y_train[:40]


def get_uncompiled_model():
    inputs = keras.Input(shape=(12,), name="digits")
    x = layers.Dense(16, activation="relu", name="dense_1")(inputs)
    x = layers.Dense(16, activation="relu", name="dense_2")(x)
    outputs = layers.Dense(4, activation="softmax", name="predictions")(x)
    return keras.Model(inputs=inputs, outputs=outputs)


def get_compiled_model():
    model = get_uncompiled_model()
    model.compile(
        optimizer=keras.optimizers.RMSprop(learning_rate=1e-3),
        loss=keras.losses.SparseCategoricalCrossentropy(),
        metrics=[keras.metrics.SparseCategoricalAccuracy()],
        run_eagerly=False,
    )
    return model


model = get_compiled_model()
history = model.fit(
    x_train, y_train, batch_size=64, epochs=2, validation_data=(x_val, y_val), verbose=0
)
print(sorted(history.history))
results = model.evaluate(x_test, y_test, batch_size=20, verbose=0)
predictions = model.predict(x_test[:3], verbose=0)


class CategoricalTruePositives(keras.metrics.Metric):
    def __init__(self, name="categorical_true_positives", **kwargs):
        super().__init__(name=name, **kwargs)
        self.true_positives = self.add_variable(shape=(), name="ctp", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        hit = np.argmax(np.asarray(y_pred), axis=1) == np.asarray(y_true).reshape(-1)
        self.true_positives.assign(self.true_positives + float(hit.sum()))

    def result(self):
        return self.true_positives

    def reset_state(self):
        self.true_positives.assign(0)


metric = CategoricalTruePositives()
metric.update_state(y_test, model.predict(x_test, verbose=0))
metric.update_state(y_test, model.predict(x_test, verbose=0))
hits = float(metric.result())
metric.reset_state()
print(float(metric.result()))

class_weight = {0: 1.0, 1: 1.0, 2: 2.0, 3: 0.5}
model = get_compiled_model()
by_class = model.fit(x_train, y_train, class_weight=class_weight, batch_size=64, verbose=0)

sample_weight = np.ones(shape=(len(y_train),))
sample_weight[y_train == 2] = 2.0
model = get_compiled_model()
by_sample = model.fit(x_train, y_train, sample_weight=sample_weight, batch_size=64, verbose=0)


class ExamplePyDataset(keras.utils.PyDataset):
    def __init__(self, x, y, batch_size, **kwargs):
        super().__init__(**kwargs)
        self.x, self.y, self.batch_size = x, y, batch_size

    def __len__(self):
        return int(np.ceil(len(self.x) / float(self.batch_size)))

    def __getitem__(self, idx):
        rows = slice(idx * self.batch_size, (idx + 1) * self.batch_size)
        return self.x[rows], self.y[rows]


model = get_compiled_model()
train_data = ExamplePyDataset(x_train, y_train, batch_size=32)
val_data = ExamplePyDataset(x_val, y_val, batch_size=32)
from_dataset = model.fit(train_data, validation_data=val_data, epochs=2, verbose=0)
score = model.evaluate(val_data, verbose=0)
model.fit(train_data, steps_per_epoch=3, epochs=1, verbose=0)

callbacks = [
    keras.callbacks.EarlyStopping(monitor="val_loss", min_delta=1e-2, patience=2, verbose=0),
    keras.callbacks.ModelCheckpoint(
        filepath="mymodel_{epoch}.keras", save_best_only=True, monitor="val_loss", verbose=0
    ),
    keras.callbacks.ModelCheckpoint(filepath="ckpt-{epoch}-{batch}.keras", save_freq=5),
]
model = get_compiled_model()
stopped = model.fit(
    x_train, y_train, epochs=8, batch_size=64, callbacks=callbacks, validation_split=0.2, verbose=0
)
print(len(stopped.epoch), sorted(name for name in os.listdir() if name.endswith(".keras")))


class LossHistory(keras.callbacks.Callback):
    def on_train_begin(self, logs):
        self.per_batch_losses = []

    def on_train_batch_end(self, batch, logs):
        self.per_batch_losses.append(logs.get("loss"))


listening = LossHistory()
model = get_compiled_model()
model.fit(x_train, y_train, epochs=2, batch_size=64, callbacks=[listening], verbose=0)
losses = [float(loss) for loss in listening.per_batch_losses]

schedule = keras.optimizers.schedules.ExponentialDecay(
    0.1, decay_steps=4, decay_rate=0.9, staircase=True
)
model = get_uncompiled_model()
model.compile(keras.optimizers.SGD(learning_rate=schedule), "sparse_categorical_crossentropy")
scheduled = model.fit(x_train, y_train, epochs=3, batch_size=32, verbose=0)
split = model.fit(
    x_train, y_train, validation_split=0.2, validation_batch_size=8, validation_freq=2, epochs=2,
    batch_size=32, verbose=0,
)  # fmt: skip

"""Learning rates that change: by a schedule, by the epoch, and on a plateau."""

import math

import keras
import numpy as np
from keras.callbacks import LearningRateScheduler, ReduceLROnPlateau

rng = np.random.RandomState(2)
x = rng.normal(size=(64, 4))
y = (x.sum(axis=1) > 0).astype(int)


def model_with(optimizer):
    model = keras.Sequential()
    model.add(keras.Input(shape=(4,)))
    model.add(keras.layers.Dense(6, activation="relu"))
    model.add(keras.layers.Dense(1, activation="sigmoid"))
    model.compile(loss="binary_crossentropy", optimizer=optimizer, metrics=["accuracy"])
    return model


def step_decay(epoch):
    return 0.1 * math.pow(0.5, math.floor((1 + epoch) / 3.0))


by_epoch = model_with(keras.optimizers.SGD(learning_rate=0.0, momentum=0.9))
history = by_epoch.fit(x, y, epochs=7, batch_size=28, callbacks=[LearningRateScheduler(step_decay)])
print(history.history["learning_rate"])


def scheduler(epoch, lr):
    return lr if epoch < 2 else float(lr * math.exp(-0.1))


by_both = model_with("adam")
both_history = by_both.fit(x, y, epochs=5, callbacks=[LearningRateScheduler(scheduler)], verbose=0)
print(round(float(by_both.optimizer.learning_rate), 5))

schedule = keras.optimizers.schedules.ExponentialDecay(0.1, decay_steps=5, decay_rate=0.9)
by_step = model_with(keras.optimizers.Adam(learning_rate=schedule))
step_history = by_step.fit(x, y, epochs=4, batch_size=16)
print([round(float(schedule(step)), 6) for step in (0, 5, 7)])

on_plateau = model_with(keras.optimizers.RMSprop(0.05))
plateau_history = on_plateau.fit(
    x,
    y,
    epochs=12,
    validation_split=0.25,
    callbacks=[ReduceLROnPlateau(monitor="val_loss", factor=0.2, patience=2, min_lr=0.001)],
)
on_plateau.optimizer.learning_rate = 0.5
print(float(on_plateau.optimizer.learning_rate))

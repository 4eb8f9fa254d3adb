"""Writing callbacks: all hooks in order, batches, early stopping, schedules of one's own."""

import keras
import numpy as np
from keras import layers

rng = np.random.RandomState(7)
x_train = rng.uniform(size=(100, 6)).astype("float32")
y_train = (x_train.sum(axis=1) * 2).astype("float32")
x_test, y_test = x_train[:20], y_train[:20]


def get_model():
    model = keras.Sequential()
    model.add(layers.Dense(1, input_dim=6, name="only"))
    model.compile(
        optimizer=keras.optimizers.RMSprop(learning_rate=0.1),
        loss="mean_squared_error",
        metrics=["mean_absolute_error"],
    )
    return model


class CustomCallback(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.seen = []

    def note(self, what, logs):
        self.seen.append((what, sorted(logs or {})))

    def on_train_begin(self, logs=None):
        self.note("train begins", logs)

    def on_train_end(self, logs=None):
        self.note("train ends", logs)

    def on_epoch_begin(self, epoch, logs=None):
        self.note(f"epoch {epoch} begins", logs)

    def on_epoch_end(self, epoch, logs=None):
        self.note(f"epoch {epoch} ends", logs)

    def on_test_begin(self, logs=None):
        self.note("test begins", logs)

    def on_test_end(self, logs=None):
        self.note("test ends", logs)

    def on_predict_begin(self, logs=None):
        self.note("predict begins", logs)

    def on_predict_end(self, logs=None):
        self.note("predict ends", logs)

    def on_train_batch_begin(self, batch, logs=None):
        self.note(f"batch {batch} begins", logs)

    def on_train_batch_end(self, batch, logs=None):
        self.note(f"batch {batch} ends", logs)

    def on_test_batch_begin(self, batch, logs=None):
        self.note(f"test batch {batch} begins", logs)

    def on_test_batch_end(self, batch, logs=None):
        self.note(f"test batch {batch} ends", logs)

    def on_predict_batch_begin(self, batch, logs=None):
        self.note(f"predict batch {batch} begins", logs)

    def on_predict_batch_end(self, batch, logs=None):
        self.note(f"predict batch {batch} ends", logs)


noting = CustomCallback()
model = get_model()
model.fit(
    x_train, y_train, batch_size=40, epochs=1, verbose=0, validation_split=0.5, callbacks=[noting]
)
model.evaluate(x_test, y_test, batch_size=10, verbose=0, callbacks=[noting])
model.predict(x_test, batch_size=10, callbacks=[noting], verbose=0)
hooks = noting.seen
for line in hooks:
    print(*line)


class EarlyStoppingAtMinLoss(keras.callbacks.Callback):
    def __init__(self, patience=0):
        super().__init__()
        self.patience = patience
        self.best_weights = None

    def on_train_begin(self, logs=None):
        self.wait = 0
        self.stopped_epoch = 0
        self.best = np.inf

    def on_epoch_end(self, epoch, logs=None):
        current = logs.get("loss")
        if np.less(current, self.best):
            self.best = current
            self.wait = 0
            self.best_weights = self.model.get_weights()
        else:
            self.wait += 1
            if self.wait >= self.patience:
                self.stopped_epoch = epoch
                self.model.stop_training = True
                self.model.set_weights(self.best_weights)


stopping = EarlyStoppingAtMinLoss(patience=1)
model = get_model()
stopped = model.fit(x_train, y_train, batch_size=64, epochs=30, verbose=0, callbacks=[stopping])
print(stopping.stopped_epoch)

LR_SCHEDULE = [(3, 0.05), (6, 0.01), (9, 0.005)]


def lr_schedule(epoch, lr):
    for start, rate in LR_SCHEDULE:
        if epoch == start:
            return rate
    return lr


class CustomLearningRateScheduler(keras.callbacks.Callback):
    def __init__(self, schedule):
        super().__init__()
        self.schedule = schedule

    def on_epoch_begin(self, epoch, logs=None):
        lr = float(self.model.optimizer.learning_rate)
        self.model.optimizer.learning_rate = self.schedule(epoch, lr)
        print(f"Epoch {epoch}: {float(self.model.optimizer.learning_rate):6.4f}")


model = get_model()
changed = model.fit(
    x_train,
    y_train,
    batch_size=32,
    steps_per_epoch=2,
    epochs=10,
    verbose=0,
    callbacks=[CustomLearningRateScheduler(lr_schedule)],
)
params = changed.params["epochs"], changed.params["steps"]

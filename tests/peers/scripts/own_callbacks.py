"""A callback of one's own that listens to everything, and one that stops."""

import keras
import numpy as np

rng = np.random.RandomState(5)
x = rng.uniform(size=(96, 3))
y = (x[:, 0] > x[:, 1]).astype("float32")
heard = []


class Listener(keras.callbacks.Callback):
    def on_train_begin(self, logs=None):
        heard.append(("train begin", self.params["epochs"], self.params["steps"]))

    def on_epoch_begin(self, epoch, logs=None):
        heard.append(("epoch", epoch, sorted(logs)))

    def on_train_batch_end(self, batch, logs=None):
        heard.append((batch, sorted(logs), logs["loss"]))

    def on_test_begin(self, logs=None):
        heard.append("test begin")

    def on_test_batch_end(self, batch, logs=None):
        heard.append((batch, sorted(logs)))

    def on_epoch_end(self, epoch, logs=None):
        keys = list(logs.keys())
        heard.append((epoch, sorted(keys), logs["val_loss"]))

    def on_predict_batch_end(self, batch, logs=None):
        heard.append((batch, sorted(logs), logs["outputs"].shape))


class StopAt(keras.callbacks.Callback):
    def __init__(self, loss):
        super().__init__()
        self.loss = loss

    def on_epoch_end(self, epoch, logs=None):
        if logs.get("loss") < self.loss:
            heard.append(f"reached {self.loss} at {epoch}")
            self.model.stop_training = True


model = keras.Sequential(
    [keras.layers.Dense(8, activation="relu"), keras.layers.Dense(1, activation="sigmoid")]
)
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
model.optimizer.learning_rate = 0.05
seen = []
printing = keras.callbacks.LambdaCallback(
    on_epoch_end=lambda epoch, logs: seen.append(logs["loss"])
)
history = model.fit(
    x, y, epochs=30, validation_split=0.25, verbose=0, callbacks=[Listener(), StopAt(0.3), printing]
)
predictions = model.predict(x, callbacks=[Listener()], verbose=0)
evaluation = model.evaluate(x, y, callbacks=[Listener()], verbose=0)

model.save("own.h5")
again = keras.models.load_model("own.h5")
same = again.predict(x, verbose=0)

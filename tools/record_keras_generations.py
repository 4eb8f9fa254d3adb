"""Have one release of Keras save small networks, and what it predicts and loses after loading them.

python tools/record_keras_generations.py WRITER LIBRARY

LIBRARY is ``keras``, ``tf_keras`` or ``tensorflow.keras``, whichever the Python that runs this
has: any release from Keras 1 on, so the program keeps to what Python 3.6 understands. It writes
``tests/data/generations/WRITER/``: the files, as they are, in ``files.zip``, and the numbers in
``expected.json``. Data and weights are exact fractions, the same in every generation.
"""

import contextlib
import importlib
import json
import os
import platform
import re
import shutil
import sys
import tempfile
import zipfile

import numpy as np

WRITER, LIBRARY = sys.argv[1:3]
if LIBRARY == "tensorflow.keras":
    import tensorflow

    keras = tensorflow.keras
else:
    keras = importlib.import_module(LIBRARY)
CONFIG = getattr(sys.modules.get("tensorflow"), "config", None)
if hasattr(CONFIG, "run_functions_eagerly"):  # the same numbers, sooner
    CONFIG.run_functions_eagerly(True)
K, layers, optimizers = keras.backend, keras.layers, keras.optimizers
VERSION = getattr(keras, "__version__", None) or sys.modules["tensorflow"].__version__
MAJOR = int(VERSION.split(".")[0])
HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
OUT = os.path.join(HERE, "tests", "data", "generations", WRITER)
ROWS = 12


# Numbers -----------------------------------------------------------------------------------------


def fractions(shape, step, offset=0):
    """Return exact fractions from -0.5625 to 0.5625 that look irregular."""
    n = int(np.prod(shape))
    return (((np.arange(n) * step + offset) % 37 - 18) / 32.0).reshape(shape)


def inputs(*shape):
    return 2 * fractions((ROWS, *shape), 29)


X = inputs(4)
BINARY = (X[:, :1] + X[:, 1:2] > 0).astype("float64")
CLASSES = (np.arange(ROWS).reshape(-1, 1) * 5 % 7) % 3
ONE_HOT = np.eye(3)[CLASSES[:, 0]]
TARGETS = np.concatenate([X[:, :1] - X[:, 1:2], X[:, 2:3] * X[:, 3:]], axis=1)


# One API for all generations ---------------------------------------------------------------------

IN_KERAS_1 = {
    "use_bias": "bias",
    "kernel_initializer": "init",
    "kernel_regularizer": "W_regularizer",
    "bias_regularizer": "b_regularizer",
    "kernel_constraint": "W_constraint",
    "bias_constraint": "b_constraint",
}


def dense(units, activation=None, **options):
    if MAJOR == 1:
        options = {IN_KERAS_1.get(name, name): value for name, value in options.items()}
    return layers.Dense(units, activation=activation, **options)


def sequential(*parts):
    return keras.models.Sequential(list(parts))


def functional(shape, *parts):
    x = start = layers.Input(shape)
    for layer in parts:
        x = layer(x)
    return keras.models.Model(start, x)


def optimizer(name, rate, **options):
    """Return an optimizer of this generation, whatever it calls the learning rate."""
    home = optimizers
    for part in name.split(".")[:-1]:
        home = getattr(home, part)
    make = getattr(home, name.split(".")[-1])
    try:
        return make(learning_rate=rate, **options)
    except TypeError:
        return make(lr=rate, **options)


def penalty(l1=0.0, l2=0.0):
    module = keras.regularizers
    if MAJOR == 1:
        return module.l1l2(l1=l1, l2=l2)
    if l1 and l2:
        return module.l1_l2(l1=l1, l2=l2) if hasattr(module, "l1_l2") else module.L1L2(l1, l2)
    return module.l1(l1) if l1 else module.l2(l2)


def limit(name, *args):
    """Return a constraint by its name in the oldest or the newest generations."""
    old = {"max_norm": "maxnorm", "non_neg": "nonneg", "unit_norm": "unitnorm"}[name]
    module = keras.constraints
    return getattr(module, name)(*args) if hasattr(module, name) else getattr(module, old)(*args)


def named(module, *names):
    """Return the first of `names` that this generation's module has."""
    for name in names[:-1]:
        if hasattr(module, name):
            return getattr(module, name)
    return getattr(module, names[-1])


# The networks ------------------------------------------------------------------------------------


def linear():
    """The whole of linear regression: one Dense(1)."""
    return sequential(dense(1, input_shape=(4,))), TARGETS[:, :1], optimizer("SGD", 0.05), "mse"


def logistic():
    """Logistic regression by names alone, as the first tutorials had it."""
    model = sequential(dense(1, "sigmoid", input_dim=4))
    return model, BINARY, "rmsprop", "binary_crossentropy", ["accuracy"]


def pima():
    """8-12-8-1, the most copied Keras program."""
    model = sequential(dense(12, "relu", input_dim=8), dense(8, "relu"), dense(1, "sigmoid"))
    return model, BINARY, "adam", "binary_crossentropy", ["accuracy"], inputs(8)


def iris():
    """Three classes, one-hot."""
    model = sequential(dense(8, "relu", input_dim=4), dense(3, "softmax"))
    return model, ONE_HOT, "adam", "categorical_crossentropy", ["accuracy"]


def sparse():
    """Classes as numbers."""
    model = sequential(dense(5, "tanh", input_shape=(4,)), dense(3, "softmax"))
    return model, CLASSES, "adam", "sparse_categorical_crossentropy", ["accuracy"]


def logits():
    """Classes as numbers, and a loss that takes logits."""
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model = sequential(dense(5, "relu", input_shape=(4,)), dense(3))
    return model, CLASSES, "adam", loss, ["accuracy"]


def binary_logits():
    """A loss of two options, and a metric with a threshold to match."""
    loss = keras.losses.BinaryCrossentropy(from_logits=True, label_smoothing=0.1)
    model = sequential(dense(3, "relu", input_shape=(4,)), dense(1))
    return model, BINARY, "adam", loss, [keras.metrics.BinaryAccuracy(threshold=0.0)]


def chain():
    """A functional model that is a chain."""
    model = functional((4,), dense(3, "relu", name="hidden"), dense(1, name="output"))
    return model, TARGETS[:, :1], optimizer("RMSprop", 0.01), "mse"


def autoencoder():
    """Functional models called one on the other."""
    encoder = functional((4,), dense(3, "relu"), dense(2))
    decoder = functional((2,), dense(3, "relu"), dense(4))
    return functional((4,), encoder, decoder), X, optimizer("Adam", 0.01), "mse"


def nested():
    """A Sequential in a Sequential."""
    inner = sequential(dense(3, "tanh", input_shape=(4,), use_bias=False), dense(4, "relu"))
    model = sequential(inner, dense(1, "sigmoid"))
    return model, BINARY, optimizer("SGD", 0.1, momentum=0.9), "binary_crossentropy"


def explicit_input():
    """An input layer or an Input of its own."""
    start = layers.Input((4,)) if MAJOR > 2 else layers.InputLayer(input_shape=(4,))
    return sequential(start, dense(3, "relu"), dense(1)), TARGETS[:, :1], "sgd", "mse", ["mae"]


def dropout():
    """Flatten, Reshape and Dropout, whose training is random."""
    model = sequential(
        layers.Flatten(input_shape=(2, 2)),
        dense(6, "relu"),
        layers.Dropout(0.3),
        layers.Reshape((3, 2)),
        layers.Flatten(),
        dense(1),
    )
    return model, TARGETS[:, :1], "adam", "mse", ["mae"], inputs(2, 2)


def batch_normalization():
    """Batch normalization."""
    parts = dense(3, input_shape=(4,)), layers.BatchNormalization(), layers.Activation("relu")
    return sequential(*parts, dense(1)), TARGETS[:, :1], "adam", "mse"


def activation_layers():
    """Activations as layers."""
    model = sequential(
        dense(4, input_shape=(4,)),
        layers.LeakyReLU(0.2),
        dense(4),
        layers.ELU(0.5),
        dense(3),
        layers.Activation("tanh"),
        dense(3),
        layers.Activation("softmax"),
    )
    return model, ONE_HOT, "adam", "categorical_crossentropy", ["accuracy"]


def newer_activation_layers():
    """ReLU and Softmax as layers."""
    model = sequential(
        dense(4, input_shape=(4,)), layers.ReLU(max_value=2.0), dense(3), layers.Softmax()
    )
    return model, ONE_HOT, "adam", "categorical_crossentropy", ["accuracy"]


def activations():
    """The activations that every generation has by name."""
    names = ["elu", "softplus", "softsign", "hard_sigmoid", "relu", "tanh", "sigmoid", "linear"]
    parts = [dense(3, name) for name in names[1:]]
    model = sequential(dense(3, names[0], input_shape=(4,)), *parts)
    return model, ONE_HOT, optimizer("SGD", 0.1), "mse"


def newer_activations():
    """Activations by name that came later."""
    names = ["selu", "exponential", "swish", "gelu"]
    parts = [dense(3, name) for name in names[1:]]
    model = sequential(dense(3, names[0], input_shape=(4,)), *parts)
    return model, ONE_HOT, optimizer("SGD", 0.1), "mse"


def regularized():
    """Penalties on kernels and a bias."""
    model = sequential(
        dense(4, "relu", input_shape=(4,), kernel_regularizer=penalty(l2=0.01)),
        dense(3, "relu", kernel_regularizer=penalty(l1=0.01), bias_regularizer=penalty(l2=0.02)),
        dense(1, kernel_regularizer=penalty(0.01, 0.02)),
    )
    return model, TARGETS[:, :1], optimizer("SGD", 0.1), "mse"


def activity_regularized():
    """A penalty on what a layer returns."""
    model = sequential(
        dense(3, "tanh", input_shape=(4,), activity_regularizer=penalty(l2=0.01)), dense(1)
    )
    return model, TARGETS[:, :1], optimizer("SGD", 0.1), "mse"


def constrained():
    """Limits on kernels and a bias."""
    model = sequential(
        dense(4, "relu", input_shape=(4,), kernel_constraint=limit("max_norm", 0.8)),
        dense(3, "relu", kernel_constraint=limit("unit_norm")),
        dense(1, kernel_constraint=limit("non_neg"), bias_constraint=limit("max_norm", 0.1)),
    )
    return model, TARGETS[:, :1], optimizer("SGD", 0.1), "mse"


def initialized():
    """Initializers by name."""
    names = ["he_normal", "he_uniform", "lecun_uniform", "glorot_normal", "orthogonal"]
    names += ["uniform", "normal", "zero", "one"] if MAJOR == 1 else ["zeros", "ones"]
    parts = [dense(3, "tanh", kernel_initializer=name) for name in names[1:]]
    model = sequential(dense(3, kernel_initializer=names[0], input_shape=(4,)), *parts)
    return model, ONE_HOT, optimizer("SGD", 0.1), "mse"


def initializers():
    """Initializers with options."""
    module = keras.initializers
    makers = [
        module.RandomNormal(mean=0.0, stddev=0.1, seed=3),
        module.RandomUniform(minval=-0.1, maxval=0.1),
        module.TruncatedNormal(stddev=0.2),
        module.VarianceScaling(scale=2.0, mode="fan_avg", distribution="uniform"),
        module.Constant(0.25),
        named(module, "HeNormal", "he_normal")(),
        named(module, "LecunNormal", "lecun_normal")(seed=5),
    ]
    parts = [dense(3, "tanh", kernel_initializer=made) for made in makers]
    model = sequential(dense(3, bias_initializer="ones", input_shape=(4,)), *parts)
    return model, ONE_HOT, optimizer("SGD", 0.1), "mse"


def orthogonal():
    """Matrices as initial weights."""
    module = keras.initializers
    first = dense(4, input_shape=(4,), kernel_initializer=module.Orthogonal(gain=1.5))
    model = sequential(first, dense(4, kernel_initializer=module.Identity()), dense(3))
    return model, ONE_HOT, optimizer("SGD", 0.1), "mse"


def float64():
    """Layers of another dtype."""
    if MAJOR < 3 and LIBRARY == "keras":
        K.set_floatx("float64")
        parts = dense(3, "tanh", input_shape=(4,)), dense(1)
    else:
        first = dense(3, "tanh", input_shape=(4,), dtype="float64")
        parts = first, dense(1, dtype="float64")
    return sequential(*parts), TARGETS[:, :1], optimizer("SGD", 0.1, momentum=0.5), "mse"


def mixed_precision():
    """A layer that computes in float16 and keeps its weights in float32."""
    policy = named(keras, "dtype_policies", "mixed_precision")
    policy = named(policy, "DTypePolicy", "Policy")("mixed_float16")
    first = dense(3, "tanh", input_shape=(4,), dtype=policy)
    return sequential(first, dense(1)), TARGETS[:, :1], optimizer("SGD", 0.1), "mse"


def outputs(loss):
    """Several numbers to predict, with a loss that forgives."""
    model = sequential(dense(4, "tanh", input_shape=(4,)), dense(2))
    return model, TARGETS, optimizer("SGD", 0.1), loss, ["mse"]


def mae():
    return outputs("mae")


def huber():
    return outputs(keras.losses.Huber(delta=0.3))


def logcosh():
    return outputs("logcosh" if MAJOR < 3 else "log_cosh")


def loss_objects():
    return outputs(keras.losses.MeanSquaredError())


def loss_function():
    return outputs(named(keras.losses, "mean_squared_logarithmic_error"))


def several_metrics():
    """Metrics of many kinds."""
    objects = [keras.metrics.Precision(name="p"), keras.metrics.Recall(thresholds=0.3)]
    wanted = ["accuracy", "mse", keras.losses.binary_crossentropy, "binary_accuracy"]
    model = sequential(dense(3, "tanh", input_shape=(4,)), dense(1, "sigmoid"))
    return model, BINARY, "adam", "binary_crossentropy", wanted + objects


def metric_functions():
    """Metrics as functions and as long names."""
    wanted = ["mean_absolute_error", keras.metrics.binary_accuracy, "mse"]
    model = sequential(dense(3, "tanh", input_shape=(4,)), dense(1, "sigmoid"))
    return model, BINARY, "adam", "binary_crossentropy", wanted


def auc():
    """The area under a curve."""
    model = sequential(dense(1, "sigmoid", input_shape=(4,)))
    return model, BINARY, "adam", "binary_crossentropy", [keras.metrics.AUC()]


def uncompiled():
    """A network that was never compiled."""
    return (sequential(dense(3, "relu", input_shape=(4,)), dense(1)), None, None, None)


def compiled_only():
    """A network that was compiled and never trained."""
    model = sequential(dense(3, "relu", input_shape=(4,)), dense(1))
    return model, TARGETS[:, :1], "adam", "mse"


def small(made):
    """The network on which optimizers are tried."""
    model = sequential(dense(3, "tanh", input_shape=(4,), name="a"), dense(1, name="b"))
    return model, TARGETS[:, :1], made, "mse"


def decayed(rate=0.1):
    schedules = optimizers.schedules
    return schedules.ExponentialDecay(rate, decay_steps=4, decay_rate=0.8, staircase=False)


def stepped():
    return optimizers.schedules.PiecewiseConstantDecay([6, 8], [0.1, 0.05, 0.01])


OPTIMIZERS = {
    "sgd": lambda: optimizer("SGD", 0.1),
    "sgd_momentum": lambda: optimizer("SGD", 0.05, momentum=0.9),
    "sgd_nesterov_decay": lambda: optimizer("SGD", 0.05, momentum=0.9, nesterov=True, decay=0.01),
    "sgd_nesterov_clipvalue": lambda: optimizer(
        "SGD", 0.05, momentum=0.8, nesterov=True, clipvalue=0.1
    ),
    "sgd_schedule": lambda: optimizer("SGD", decayed(), momentum=0.5),
    "sgd_steps": lambda: optimizer("SGD", stepped()),
    "rmsprop": lambda: optimizer("RMSprop", 0.01, rho=0.8, epsilon=1e-6),
    "rmsprop_centered": lambda: optimizer("RMSprop", 0.01, momentum=0.5, centered=True),
    "rmsprop_decay": lambda: optimizer("RMSprop", 0.01, decay=0.05),
    "adam": lambda: optimizer("Adam", 0.02, beta_1=0.8, beta_2=0.99),
    "adam_amsgrad": lambda: optimizer("Adam", 0.02, amsgrad=True),
    "adam_decay": lambda: optimizer("Adam", 0.02, decay=0.05),
    "adam_clipnorm": lambda: optimizer("Adam", 0.02, clipnorm=0.1),
    "adam_schedule": lambda: optimizer("Adam", decayed(0.05)),
    "adam_ema": lambda: optimizer("Adam", 0.02, use_ema=True),
    "adam_weight_decay": lambda: optimizer("Adam", 0.02, weight_decay=0.1),
    "adamw": lambda: optimizer("AdamW", 0.02, weight_decay=0.1),
    "adagrad": lambda: optimizer("Adagrad", 0.05),
    "legacy_sgd": lambda: optimizer("legacy.SGD", 0.05, momentum=0.9, decay=0.01),
    "legacy_rmsprop": lambda: optimizer("legacy.RMSprop", 0.01, momentum=0.5),
    "legacy_adam": lambda: optimizer("legacy.Adam", 0.02, decay=0.05),
}
NETWORKS = [linear, logistic, pima, iris, sparse, logits, binary_logits, chain, autoencoder]
NETWORKS += [nested, explicit_input, dropout, batch_normalization, activation_layers]
NETWORKS += [newer_activation_layers, activations, newer_activations, regularized]
NETWORKS += [activity_regularized, constrained, initialized, initializers, orthogonal, float64]
NETWORKS += [mixed_precision, mae, huber, logcosh, loss_objects, loss_function, several_metrics]
NETWORKS += [metric_functions, auc, uncompiled, compiled_only]

# What is saved in every form; of the others, the whole model alone.
EVERY_FORM = ["logistic", "pima", "chain", "autoencoder", "nested", "dropout", "explicit_input"]
EVERY_FORM += ["activation_layers", "regularized", "initializers", "float64"]
EVERY_FORM += ["batch_normalization", "uncompiled"]


# Recording ---------------------------------------------------------------------------------------


def dense_layers(model):
    for layer in model.layers:
        if hasattr(layer, "layers"):
            yield from dense_layers(layer)
        elif type(layer).__name__ == "Dense":
            yield layer


def fit(model, x, y, epochs, batch_size):
    options = {"nb_epoch" if MAJOR == 1 else "epochs": epochs}
    history = model.fit(x, y, batch_size=batch_size, shuffle=False, verbose=0, **options)
    return [float(loss) for loss in history.history["loss"]]


def next_losses(model, x, y):
    return fit(model, x, y, epochs=3, batch_size=ROWS)


def said(error):
    """Return an error's first line, without what differs from machine to machine."""
    text = (str(error).strip() or "no message").split("\n")[0]
    text = re.sub(r"0x[0-9a-f]+", "0x...", text).replace(os.path.realpath(FOLDER), "")
    return f"{type(error).__name__}: {text[:300]}"


def numbers(values):
    values = np.asarray(values)
    if values.dtype == "float32":  # nine digits say all of it
        return np.vectorize(lambda value: float(f"{value:.9g}"))(values).tolist()
    return values.astype("float64").tolist()


def arrays_of(model):
    """Return an optimizer's arrays in the order in which this generation has them."""
    made = getattr(model, "optimizer", None)
    made = getattr(made, "optimizer", made)
    found = getattr(made, "variables", None) or getattr(made, "weights", None) or []
    found = found() if callable(found) else found
    shape = (lambda v: v.shape) if MAJOR > 2 else (lambda v: np.shape(K.get_value(v)))
    return [
        [getattr(v, "path", None) or getattr(v, "name", "?"), [int(size) for size in shape(v)]]
        for v in found
    ]


def facts(model):
    made = getattr(model, "optimizer", None)
    known = {
        "class": type(model).__name__,
        "layers": [type(layer).__name__ for layer in model.layers],
        "parameters": int(model.count_params()),
    }
    if made is not None:
        steps = getattr(made, "iterations", 0)
        known["optimizer"] = type(made).__name__
        if hasattr(steps, "shape"):
            steps = K.get_value(steps) if hasattr(K, "get_value") else steps.numpy()
        known["iterations"] = int(steps)
        try:
            known["optimizer_arrays"] = arrays_of(model)
        except Exception as error:
            known["optimizer_arrays"] = said(error)
    return known


def training_of(path):
    """Return what a whole-model HDF5 file says about how its model was trained."""
    import h5py

    with h5py.File(path, "r") as file:
        group = file.get("optimizer_weights")
        names = [] if group is None else list(group.attrs.get("weight_names", []))
    return [n.decode("utf8") if isinstance(n, bytes) else str(n) for n in names]


def is_hdf5(path):
    with open(path, "rb") as file:
        return file.read(4) == b"\x89HDF"


def whole_model(model, name, x, y, random):
    """Save, load, and return what the loaded model predicts and loses."""
    path = os.path.join(FOLDER, name)
    try:
        model.save(path)
        if os.path.isdir(path):
            raise ValueError("saved as a folder")
    except Exception as error:
        if os.path.isdir(path):
            shutil.rmtree(path)
        elif os.path.exists(path):
            os.remove(path)
        return {"not_saved": said(error)}
    found = {"hdf5": is_hdf5(path)}
    if found["hdf5"]:
        found["optimizer_weight_names"] = training_of(path)
    try:
        loaded = keras.models.load_model(path)
        found["predictions"] = numbers(loaded.predict(x))
        if y is not None and not random:
            found["losses"] = next_losses(loaded, x, y)
    except Exception as error:
        found["not_loaded"] = said(error)
        with contextlib.suppress(Exception):
            loaded = keras.models.load_model(path, compile=False)
            found["predictions"] = numbers(loaded.predict(x))
    return found


def forms(model, name, x, y, random):
    """Save a network in all forms that this generation has; return what is known of each file."""
    found = {}
    new_in_tf = MAJOR == 2 and hasattr(keras, "saving")
    if MAJOR > 1 and (MAJOR > 2 or LIBRARY != "keras"):
        found[name + ".keras"] = whole_model(model, name + ".keras", x, y, random)
        if found[name + ".keras"].get("hdf5") and name != "pima":  # the same as the .h5
            os.remove(os.path.join(FOLDER, name + ".keras"))
            del found[name + ".keras"]
    found[name + ".h5"] = whole_model(model, name + ".h5", x, y, random)
    if name in EVERY_FORM:
        weights = [name + ".weights.h5"]
        if new_in_tf:  # the same ending for two layouts
            weights.append(name + "_weights.h5")
        for file in weights:
            try:
                model.save_weights(os.path.join(FOLDER, file))
                found[file] = {}
            except Exception as error:
                found[file] = {"not_saved": said(error)}
        with open(os.path.join(FOLDER, name + ".json"), "w") as file:
            file.write(model.to_json())
    return found


def record(name, case):
    """Build, train and save one network; return what its files hold."""
    floatx = K.floatx()
    try:
        parts = case()
        model, y, made, loss, metrics, x = parts + (None, X)[len(parts) - 4 :]
        for number, layer in enumerate(dense_layers(model)):
            shapes = [w.shape for w in layer.get_weights()]
            layer.set_weights([fractions(s, 13, 7 * number) for s in shapes])
        if made is not None:
            model.compile(optimizer=made, loss=loss, metrics=metrics)
            if name != "compiled_only":
                fit(model, x, y, epochs=2, batch_size=4)
    except (AttributeError, ImportError, TypeError, ValueError) as error:
        K.set_floatx(floatx)
        return {"not_offered": said(error)}
    random = name == "dropout"
    found = {"x": numbers(x), "y": None if y is None else numbers(y)}
    found["facts"] = facts(model)
    found["predictions"] = numbers(model.predict(x))
    found["files"] = forms(model, name, x, y, random)
    if y is not None and not random:
        found["continued"] = next_losses(model, x, y)
    K.set_floatx(floatx)
    return found


def versions():
    found = {"library": LIBRARY, "keras": VERSION, "python": platform.python_version()}
    for name in ["tensorflow", "jax", "theano", "numpy", "h5py"]:
        if name in sys.modules:
            found[name] = sys.modules[name].__version__
    try:
        found["backend"] = K.backend()
    except AttributeError:
        found["backend"] = "tensorflow"
    return found


def quiet(name, case):
    with contextlib.suppress(AttributeError):
        K.clear_session()
    found = record(name, case)
    print(name, found.get("not_offered", ""))
    sys.stdout.flush()
    return found


def main():
    cases = [(case.__name__, case) for case in NETWORKS]
    cases += [(name, lambda make=make: small(make())) for name, make in sorted(OPTIMIZERS.items())]
    expected = {"cases": {name: quiet(name, case) for name, case in cases}}
    expected["versions"] = versions()
    if not os.path.isdir(OUT):
        os.makedirs(OUT)
    with open(os.path.join(OUT, "expected.json"), "w") as file:
        json.dump(expected, file, indent=None, sort_keys=True, separators=(",", ":"))
        file.write("\n")
    with zipfile.ZipFile(os.path.join(OUT, "files.zip"), "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(os.listdir(FOLDER)):
            with open(os.path.join(FOLDER, name), "rb") as file:
                part = zipfile.ZipInfo(name)  # of 1980, so that the same files make the same zip
                part.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(part, file.read())


FOLDER = tempfile.mkdtemp()
if __name__ == "__main__":
    try:
        main()
    finally:
        shutil.rmtree(FOLDER)

"""Every kind of bad input, and the answer: what the tests check and docs/error_table.md shows.

python tools/error_cases.py        writes the page anew
"""

import contextlib
import re
import tempfile
from pathlib import Path

import tinyneuron as keras
from tinyneuron._common.unknown import UnknownArgumentError

PAGE = Path(__file__).parents[1] / "docs" / "error_table.md"

INTRODUCTION = """\
# Every error message

The messages by subject, as the tests get them: each line of this page is run.
A message names the layer or the argument, what came, what was expected, and what to do where that
does not follow; what is in italics, this page adds. [Error messages](errors.md) says more, by
what you were doing.

An argument of the wrong kind is a `TypeError` or a `ValueError`; a name that is not there is an
`AttributeError`, or a `ValueError` where it came as a string. Errors of your own functions and
classes pass through unchanged.

The inputs below stand for these:

```python
>>> import numpy as np
>>> import tinyneuron as keras
>>> from tinyneuron import Input, Sequential, layers, losses, metrics, optimizers, utils
>>> from tinyneuron.layers import Dense
>>> x, y = np.ones((4, 2)), np.ones((4, 1))
>>> def model():
...     return Sequential([Input((2,)), Dense(1, "sigmoid", name="L1")], name="m")
>>> def compiled(loss="mse", **options):
...     trained = model()
...     trained.compile("sgd", loss, **options)
...     return trained

```
"""

SETUP = "\n".join(
    line[4:] for line in INTRODUCTION.splitlines() if line.startswith((">>> ", "... "))
)

# subject: (code, error, what the message must say, what to do where it is not enough)
CASES = {
    "Inputs": [
        ("model().predict(np.ones(2))", ValueError, r"'m'.*'L1'.*x\.reshape\(1, -1\)"),
        ("model().predict(np.ones(3))", ValueError, r"\(None, 2\).*\(3,\)",
         "Inputs have an axis for the samples and one for the features: `x.reshape(-1, 2)`."),
        ("model().predict(np.ones((3, 4)))", ValueError, r"'L1'.*\(None, 2\).*\(3, 4\)"),
        ("model().predict(np.ones((2, 3)))", ValueError, r"exchanged\? x\.T"),
        ("model().predict('data.csv')", TypeError, "names a file, read it first"),
        ("model().predict(np.ones((3, 2, 2)))", ValueError, r"\(None, 2\).*\(3, 2, 2\)",
         "Images and the like are laid out in rows by `layers.Flatten()`."),
        ("model().predict(3.0)", ValueError, r"array of rows, got the single number 3\.0"),
        ("model()(np.ones(2))", ValueError, r"x\.reshape\(1, -1\)"),
        ("model()(3.0)", ValueError, "'m' takes an array of rows, got the single number 3"),
        ("Sequential([Dense(1)]).predict(np.ones(3))", ValueError,
         r"'dense' needs inputs of at least 2 axes.*x\.reshape\(-1, 1\)"),
        ("Dense(1)(np.ones(3))", ValueError, r"x\.reshape\(-1, 1\) if it is one feature"),
        ("model().get_layer('L1')(np.ones((3, 4)))", ValueError, "'L1'.*2 inputs.*last axis is 4"),
        ("layers.Flatten()(3.0)", ValueError, "'flatten'.*got one number"),
        ("relu = layers.ReLU(); relu(x); relu(3.0)", ValueError, "'re_lu'.*got one number"),
        ("layers.Reshape((5,))(x)", ValueError, r"'reshape' cannot reshape.*\(2,\), 2 numb"),
        ("layers.Rescaling([1.0, 2.0, 3.0])(x)", ValueError, r"'rescaling'.*\(3,\).*\(4, 2\)"),
        ("layers.Softmax(axis=2)(x)", ValueError, r"axis 2 is not among.*\(4, 2\)"),
        ("model().predict([['a', 'b']])", TypeError, "'m' must be real numbers, got.*<U1"),
        ("model().predict(np.array([[1, 'a']], dtype=object))", TypeError, "dtype object"),
        ("model().predict(x * 1j)", TypeError, "complex128", "Take the real part: `x.real`."),
        ("model().predict(np.zeros((1, 2), 'M8[s]'))", TypeError, r"datetime64\[s\]",
         "Make numbers of dates, such as the days since the first one."),
        ("model().predict(None)", TypeError, "from a NoneType"),
        ("model().predict({'x': x})", TypeError, "from a dict"),
        ("model().predict(row for row in x)", ValueError, "must yield tuples",
         "For rows, make an array of them: `np.array(list(rows))`."),
        ("model().predict([[1, 2], [3]])", ValueError, "'m' must be rectangular"),
        ("model().predict(np.ma.masked_array(x, x > 0))", TypeError, r"all count.*x\.filled\(0\)"),
        ("Dense(1)([['a']])", TypeError, "inputs of layer 'dense' must be"),
        ("model()(x, training='yes')", ValueError, "training must be True or False, got 'yes'"),
        ("model().predict(x, batch_size=0)", ValueError, "batch_size .* got 0"),
        ("model().predict(x, batch_size=2.5)", ValueError, r"batch_size .* 2\.5"),
        ("model().predict(x, batch_size='2')", ValueError, "batch_size .* '2'"),
    ],
    "Layers": [
        ("Dense(0)", ValueError, "Dense: units must be a positive integer, got 0"),
        ("Dense(2.5)", ValueError, r"units .* got 2\.5"),
        ("Dense('3')", ValueError, "units .* got '3'"),
        ("Dense(None)", ValueError, "units .* got None"),
        ("Dense(True)", ValueError, "units .* got True"),
        ("Dense()", TypeError, "required.*'units'"),
        ("Dense(1, 'sigmoidd')", ValueError, "Did you mean 'sigmoid'"),
        ("Dense(1, 3)", TypeError, "a name or a callable, got 3",
         "Are the units of two layers in one? Each layer has its own `Dense`."),
        ("Dense(1, 'glu')", ValueError, "leaves out"),
        ("Dense(1, use_bias='no')", ValueError, "use_bias must be True or False, got 'no'"),
        ("Dense(1, kernel_initializer='zeross')", ValueError,
         "initializer 'zeross'. Did you mean 'zeros'"),
        ("Dense(1, kernel_initializer=3)", TypeError, "name, an array or a callable, got 3",
         "For 3 everywhere: `keras.initializers.Constant(3)`."),
        ("Dense(1, kernel_regularizer='l22')", ValueError, "Did you mean 'l2'"),
        ("Dense(1, kernel_regularizer=0.01)", TypeError, "A regularizer is.*0.01",
         "Which one? `keras.regularizers.L2(0.01)`, for example."),
        ("Dense(1, kernel_constraint='nonneg')", ValueError, "Did you mean 'NonNeg'"),
        ("Dense(1, kernel_constraint=3)", TypeError, "A constraint is"),
        ("Dense(1, unit=2)", UnknownArgumentError, "no argument 'unit'. Did you mean 'units'"),
        ("Dense(1, lora_rank=2)", ValueError, "lora_rank only as Keras' default, None, got 2"),
        ("Dense(1, name=3)", ValueError, "name must be a string, got 3"),
        ("Dense(1, name='a/b')", ValueError, "must not contain '/', got 'a/b'"),
        ("Dense(1, dtype='float16')", ValueError, "'float32' or 'float64', got 'float1"),
        ("Dense(1, trainable='no')", ValueError, "trainable must be True or False"),
        ("Dense(1, input_shape=3)", ValueError, "input_shape must be a tuple"),
        ("Dense(1, input_shape=(-3,))", ValueError, "negative sizes"),
        ("Dense(10**12).build((None, 3))", ValueError, "memory can hold"),
        ("layers.Dropout(1.5)", ValueError, "rate must be a number from 0 to 1, got 1.5"),
        ("layers.Dropout(0.5, noise_shape=(2,))(x)", ValueError, "does not fit inputs of shape"),
        ("layers.Dropout(0.5, seed='a')", ValueError, "seed must be an integer from 0 up"),
        ("layers.ReLU(negative_slope=-1)", ValueError, "negative_slope must be a number from 0"),
        ("layers.Softmax(axis='last')", ValueError, "axis must be an integer, got 'last'"),
        ("layers.Flatten('channels_first')", ValueError, "None or 'channels_last'"),
        ("layers.Reshape((-1, -1))", ValueError, r"one -1 .* got \(-1, -1\)"),
        ("layers.Reshape(6)", ValueError, "must be a tuple of integers, got 6"),
        ("layers.Normalization(mean=0.0)", ValueError, "both mean and variance"),
        ("layers.Normalization(mean=0.0, variance=-1.0)", ValueError, "must not be negative"),
        ("layers.Normalization(axis=2)(x)", ValueError, r"axis \(2,\) is not among the 2 axes"),
        ("layers.Normalization().adapt([])", ValueError, r"adapt to no data, shape \(0,\)"),
        ("layers.Normalization(mean=0.0, variance=1.0).adapt(x)", ValueError, "cannot adapt"),
        ("layers.deserialize({'class_name': 'Dens'})", ValueError, "Did you mean 'Dense'"),
        ("layers.deserialize({'units': 3})", ValueError, "has a 'class_name'"),
        ("Dense.from_config(3)", TypeError, "configuration of a Dense is a dict"),
    ],
    "Weights": [
        ("model().set_weights([np.ones((2, 1))])", ValueError,
         r"'m' has 2 weights of shapes \[\(2, 1\), \(1,\)\], got 1 of shapes \[\(2, 1\)\]",
         "The bias is a weight too: `set_weights([W, b])`."),
        ("model().set_weights([np.ones((1, 2)), [0]])", ValueError, r"Did you mean W\.T\?",
         "W has a row for each input and a column for each unit."),
        ("model().set_weights([np.ones((2, 1)), [[0]]])", ValueError, r"weight 1 does not fit\.$"),
        ("model().set_weights([['a'], [0]])", TypeError, "weight 0 of layer 'm' must be real"),
        ("model().set_weights(np.ones((2, 1)))", ValueError, "takes a list of arrays"),
        ("model().set_weights(3)", TypeError, "weights must be a list, got 3"),
        ("Sequential([Dense(1)]).set_weights([np.ones((2, 1)), [0]])", ValueError,
         "has 0 weights.*not built yet"),
        ("Dense(1).kernel", AttributeError, r"first call, or with build\("),
        ("Dense(1).input", AttributeError, "not built"),
        ("Dense(1).count_params()", ValueError, "isn't built"),
        ("model().get_layer('L1').kernel = 3", AttributeError, r"kernel\[\.\.\.\] = \.\.\."),
        ("layers.Layer().add_weight((None, 3))", ValueError, "must be known"),
        ("layers.Layer().add_weight((2,), dtype='str')", ValueError, "dtype must be one of real"),
        ("layers.Layer().add_weight((2,), lambda shape, dtype: np.ones(3))", ValueError,
         r"made an array of shape \(3,\) for a weight of shape \(2,\)"),
    ],
    "Models": [
        ("Sequential([Dense])", ValueError, r"Did you mean Dense\(\.\.\.\), with"),
        ("Sequential([np.tanh])", ValueError, "Only layers can be added.*ufunc",
         "A function is an activation: `layers.Activation(np.tanh)`."),
        ("Sequential([None])", ValueError, "got None, a NoneType"),
        ("Sequential(Input((1,)), Dense(1))", TypeError, "takes its layers in a list",
         "`Sequential([Input((1,)), Dense(1)])`"),
        ("Sequential(Dense(1))", TypeError, r"takes its layers in a list.*, got <Dense",
         "`Sequential([Dense(1)])`"),
        ("Sequential('dense')", TypeError, "layers must be a list, got 'dense'"),
        ("Sequential([Dense(1, name='a'), Dense(2, name='a')])", ValueError,
         r"different names, and it has \['a'\]"),
        ("Sequential([Dense(1), Input((2,))])", ValueError, "Input goes first"),
        ("m = model(); m.add(m)", ValueError, "cannot be a layer of itself"),
        ("Sequential()(x)", ValueError, "cannot be built because it has no"),
        ("Sequential([Dense(1)]).build(3)", ValueError, "must be a tuple of integ"),
        ("Dense(1).build((3,))", ValueError, "at least 2 axes"),
        ("Dense(1).build((None, None))", ValueError, "must be known"),
        ("model().build((None, 3))", ValueError, "cannot be built again"),
        ("Sequential([Input((5,)), model().get_layer('L1')])", ValueError,
         r"'L1' has a kernel for 2 inputs",
         "Make a new layer; `get_config` of the old one has its arguments."),
        ("model().get_layer('L2')", ValueError, r"L2\..*are: \['L1'\]"),
        ("model().get_layer(index=1)", ValueError, "at index 1.*1 layers"),
        ("model().get_layer(index='L1')", ValueError, "index must be an integer"),
        ("model().get_layer()", ValueError, "either a name or an index"),
        ("model().summary(print_fn='a')", TypeError, "print_fn must be a function"),
        ("Input()", ValueError, r"needs a shape, such as \(2,\)"),
        ("Input(2)", ValueError, r"must be a tuple, got 2\. Did you mean \(2,\)\?"),
        ("Input('ab')", ValueError, "must be a tuple of integers or None"),
        ("Input((2,), batch_size=0)", ValueError, "batch_size must be a positive integer"),
        ("Dense(1)(Input((2,))) + 1", TypeError, r"symbolic tensor.*holds no numbers"),
        ("keras.Model(Input((2,)), Dense(1)(Input((2,))))", ValueError, "do not come from"),
        ("keras.models.clone_model(3)", TypeError, "model must be a Model, got 3"),
        ("keras.models.model_from_json('{')", ValueError, "json_string must be what to_json"),
        ("keras.models.model_from_json('{}')", ValueError, "does not describe a Sequential"),
    ],
    "Compile": [
        ("compiled('msee')", ValueError, "Did you mean 'mse'"),
        ("compiled(np.square)", TypeError, "A loss is a name or a Loss"),
        ("model().compile('adamm')", ValueError, "Did you mean 'adam'"),
        ("model().compile(3)", TypeError, "An optimizer is a name or an Optimizer, got 3"),
        ("compiled(metrics=['accurac'])", ValueError, "Unknown metric.*Did you mean 'accuracy'"),
        ("compiled(metrics=[3])", TypeError, "a Metric, a loss or a function, got 3"),
        ("compiled(loss_weights=[1.0])", ValueError, "there is one"),
    ],
    "Fit and evaluate": [
        ("model().fit(x, y)", ValueError, "must call `compile"),
        ("compiled(None).fit(x, y)", ValueError, "without a loss"),
        ("compiled().fit(x)", ValueError, "no targets"),
        ("compiled().fit(None, y)", ValueError, "x is None"),
        ("compiled().fit(3, y)", TypeError, "x must be an array or an iterable of batches, got 3"),
        ("compiled().fit(x, y[:3])", ValueError, r"as many rows.*\(4, 2\) and \(3, 1\)"),
        ("compiled().fit(x[:0], y[:0])", ValueError, r"no data: x has shape \(0, 2\)"),
        ("compiled().fit(x, y, batch_size=0)", ValueError, "batch_size must be a positive"),
        ("compiled().fit(x, y, epochs=-1)", ValueError, "epochs must be an integer from 0 up"),
        ("compiled().fit(x, y, epochs=1.5)", ValueError, "epochs must be an integer.*1.5"),
        ("compiled().fit(x, y, verbose='loud')", ValueError, "verbose must be 'auto', 0, 1 or 2"),
        ("compiled().fit(x, y, shuffle='batch')", ValueError, "shuffle must be True or False"),
        ("compiled().fit(x, y, callbacks=[print])", TypeError, "instances of callbacks.Callback"),
        ("compiled().fit(x, y, validation_split=1.0)", ValueError, "rows on both sides"),
        ("compiled().fit(x, y, validation_split='a')", ValueError, "validation_split must be a f"),
        ("compiled().fit(iter([(x, y)]), validation_split=0.5)", ValueError,
         "validation_split needs arrays"),
        ("compiled().fit(iter([(x, y)]), y)", ValueError, "y must not be given"),
        ("compiled().fit(iter([(x, y)]), batch_size=2)", ValueError, "goes with arrays"),
        ("compiled().fit(iter([x]))", ValueError, "must yield tuples"),
        ("compiled().fit(x, y, validation_data=(x,))", ValueError, "a tuple of 1"),
        ("compiled().fit(x, y, sample_weight=np.ones(3))", ValueError, r"\(4, 2\) and \(3,\)"),
        ("compiled().fit(x, y, sample_weight=np.ones((4, 2)))", ValueError, "one weight for each"),
        ("compiled().fit(x, y, class_weight=[1, 2])", TypeError, "must be a dict of class"),
        ("compiled().fit(x, y, class_weight={0: 'a'})", ValueError, r"class_weight\[0\] must be"),
        ("compiled().evaluate(x, y, return_dict='yes')", ValueError, "return_dict must be True"),
        ("m = Sequential([Dense(1, np.tanh)]); m.compile('sgd', 'mse'); m.fit(x, y)", TypeError,
         "plain function, whose derivative"),
    ],
    "Losses, metrics and targets": [
        ("compiled().fit(x, np.ones((4, 2)))", ValueError, r"\(4, 2\) do not fit.*\(4, 1\)"),
        ("losses.MeanSquaredError()([1.0, 2.0], [[1.0, 2.0]])", ValueError, "never broadcast"),
        ("losses.MeanSquaredError()(1.0, 2.0)", ValueError, "y_pred must have a last axis"),
        ("losses.MeanSquaredError()(['a'], [1.0])", TypeError, "y_true must be real numbers"),
        ("losses.BinaryCrossentropy()([[2]], [[0.5]])", ValueError, "from 0 to 1, got 2",
         "Classes are 0 and 1; for more there is `sparse_categorical_crossentropy`."),
        ("losses.CategoricalCrossentropy()([1], [[0.2, 0.8]])", ValueError, "must be one-hot"),
        ("losses.SparseCategoricalCrossentropy()([[0, 1]], [[0.2, 0.8]])", ValueError,
         "One-hot targets go with CategoricalCrossentropy"),
        ("losses.SparseCategoricalCrossentropy()([2], [[0.2, 0.8]])", ValueError,
         "class numbers from 0 to 1, got 2",
         "The last layer needs a unit for each class, counted from 0."),
        ("losses.BinaryCrossentropy(label_smoothing=2)", ValueError, "number from 0 to 1, got 2"),
        ("losses.BinaryCrossentropy(axis=0)", ValueError, "last axis, got axis=0"),
        ("losses.Huber(delta=0)", ValueError, "delta must be a finite number above 0, got 0"),
        ("losses.MeanSquaredError(reduction='average')", ValueError, "reduction must be 'sum_ov"),
        ("losses.MeanSquaredError()(y, y, sample_weight=[1, 2])", ValueError, "one weight for eac"),
        ("metrics.BinaryAccuracy()([1, 2], [[1.0, 2.0]])", ValueError, "do not fit outputs"),
        ("metrics.SparseCategoricalAccuracy()([[0, 1]], [[0.2, 0.8]])", ValueError,
         "one class number for each row"),
        ("metrics.TopKCategoricalAccuracy(k=0)", ValueError, "k must be a positive integer, got 0"),
        ("metrics.Precision(thresholds=2)", ValueError, "thresholds must be from 0 to 1, got 2"),
        ("metrics.Precision(top_k=0)", ValueError, "top_k must be a positive integer, got 0"),
        ("metrics.R2Score(class_aggregation='mean')", ValueError, "class_aggregation must be"),
        ("metrics.Mean()([1, 2], sample_weight=[1])", ValueError, "does not fit values"),
        ("utils.to_categorical([0.5])", ValueError, "whole class numbers"),
        ("utils.to_categorical([0, 3], num_classes=3)", ValueError, "from 0 to 2, got some.*0 to 3",
         "Classes are counted from 0: there are 4 here."),
    ],
    "Optimizers, schedules and callbacks": [
        ("optimizers.SGD(-0.1)", ValueError, "learning_rate must be a finite number.*got -0.1"),
        ("optimizers.SGD('fast')", ValueError, "learning_rate must be.*'fast'"),
        ("optimizers.SGD(momentum=1.0)", ValueError, "momentum must be.*below 1, got 1.0"),
        ("optimizers.Adam(epsilon=-1)", ValueError, "epsilon must be"),
        ("optimizers.SGD(nesterov='yes')", ValueError, "nesterov must be True or False"),
        ("optimizers.SGD(clipnorm=1, clipvalue=1)", ValueError, "at most one.*clipnorm and clipv"),
        ("optimizers.SGD().apply([np.ones(2)], [np.ones(3)])", ValueError, "do not fit weights"),
        ("optimizers.SGD().apply([np.ones(2)], [[1.0, 1.0]])", TypeError, "must be NumPy arrays"),
        ("optimizers.SGD().apply_gradients([1, 2])", ValueError, "must be pairs"),
        ("optimizers.schedules.ExponentialDecay(0.1, 0, 0.5)", ValueError, "decay_steps must be"),
        ("optimizers.schedules.deserialize(0.1)", TypeError, "schedule is an object of its class"),
        ("optimizers.schedules.PiecewiseConstantDecay([1], [0.1])", ValueError, "one value more"),
        ("optimizers.SGD(optimizers.schedules.CosineDecay(0.1, 9)).learning_rate = 0.1", TypeError,
         "has a learning-rate schedule"),
        ("keras.callbacks.EarlyStopping(mode='up')", ValueError, "mode must be 'auto', 'min' or"),
        ("keras.callbacks.EarlyStopping(patience=-1)", ValueError, "patience must be an integer"),
        ("keras.callbacks.EarlyStopping(monitor=3)", ValueError, "monitor must be a string, got 3"),
        ("keras.callbacks.ReduceLROnPlateau(factor=2)", ValueError, "factor must be.*below 1"),
        ("keras.callbacks.ModelCheckpoint('m.npz', save_freq=0)", ValueError, "a positive integer"),
        ("keras.callbacks.LearningRateScheduler(0.1)", TypeError, "must be a function of the epo"),
        ("keras.callbacks.LambdaCallback(on_epoch_end=3)", TypeError, "must be a function, got 3"),
        ("keras.callbacks.LambdaCallback(on_epoch=print)", ValueError, "no hook 'on_epoch'"),
    ],
    "Initializers, regularizers and constraints": [
        ("keras.initializers.Zeros()(3)", ValueError, "shape must be a tuple.*got 3"),
        ("keras.initializers.Zeros()((None, 3))", ValueError, "shape must have known sizes"),
        ("keras.initializers.RandomNormal(stddev=-1)", ValueError, "stddev must be a finite"),
        ("keras.initializers.RandomUniform(1, 0)", ValueError, "minval must not be above maxval"),
        ("keras.initializers.GlorotUniform(seed='a')", ValueError, "seed must be an integer"),
        ("keras.initializers.Constant('a')", TypeError, "Constant: value must be real numbers"),
        ("keras.initializers.Constant([1, 2])((3,))", ValueError, r"shape \(2,\), but.*\(3,\)"),
        ("keras.initializers.VarianceScaling(mode='fan')", ValueError, "mode must be 'fan_in'"),
        ("keras.regularizers.L2(-1)", ValueError, "l2 must be a finite number from 0 up, got -1"),
        ("keras.constraints.MaxNorm(axis=2)(x)", ValueError, r"axis 2 is not among.*\(4, 2\)"),
        ("keras.constraints.MaxNorm('a')", ValueError, "max_value must be"),
    ],
    "Saving and loading": [
        ("Sequential([Dense(1)]).save('m.npz')", ValueError, "is not built, so it has no weights"),
        ("model().save('m.txt')", ValueError, r"ends in '\.npz'.*'m\.txt'"),
        ("model().save(3)", TypeError, "filepath must be a string or a path, got 3"),
        ("m = model(); m.save('m.npz'); m.save('m.npz', overwrite=False)", ValueError,
         "is there already"),
        ("model().save_weights('m.txt')", ValueError, r"ends in '\.npz', or '\.weights\.h5'"),
        ("open('m.npz', 'w').close(); keras.models.load_model('m.npz')", ValueError,
         "Cannot load 'm.npz'", "The file is damaged, or was never a model's."),
        ("m = model(); m.save_weights('m.npz'); keras.models.load_model('m.npz')", ValueError,
         "load_weights reads those"),
        ("model().save_weights('m.npz'); Sequential([Input((3,)), Dense(1)]).load_weights('m.npz')",
         ValueError, "weight 0 does not fit"),
        ("model().save('m.npz'); keras.models.load_model('m.npz', custom_objects=3)", TypeError,
         "custom_objects must be"),
        ("Dense(1, kernel_initializer=np.zeros).get_config()", TypeError, "not an object with get"),
    ],
    "Pictures": [
        ("keras.plotting.plot_history({'loss': [0.5]}, names='mae')", ValueError, "and not .'mae'"),
        ("keras.plotting.plot_points([1, 2], [1, 2, 3])", ValueError, "got 2 and 3"),
        ("keras.plotting.plot_points(x, [1, 2])", ValueError, "x must be one column of numbers"),
        ("keras.plotting.plot_classes(np.ones((4, 3)), y)", ValueError, "one or two features"),
        ("keras.plotting.plot_units(model(), y)", ValueError, "rows of two features"),
        ("keras.plotting.plot_units(model(), x, axes=[])", ValueError, "one Axes for each of 1"),
        ("keras.plotting.plot_confusion([0, 1], [0, 1, 1])", ValueError, "got 2 and 3"),
    ],
    "Settings and helpers": [
        ("keras.config.set_floatx('float16')", ValueError, "'float32' or 'float64', got 'float16'"),
        ("keras.config.set_epsilon(0)", ValueError, "epsilon must be a finite number above 0"),
        ("utils.set_random_seed('a')", ValueError, "seed must be an integer, got 'a'"),
        ("utils.set_random_seed(-1)", ValueError, r"from 0 to 2\*\*32 - 1, got -1"),
        ("utils.check_gradients(3, x, y)", TypeError, "model must be a Sequential, got 3"),
        ("utils.register_keras_serializable()(3)", TypeError, "class or a function can be"),
        ("utils.normalize(x, axis=2)", ValueError, "axis 2 is not among"),
    ],
    "Data sets and files from the web": [
        ("keras.datasets.boston_housing.load_data(test_split=20)", ValueError, "below 1, got 20",
         "A share of the rows, not a number of them: `test_split=0.2`."),
        ("keras.datasets.california_housing.load_data('all')", ValueError, "'large' or 'small'"),
        ("keras.datasets.imdb.load_data(num_words=0)", ValueError, "num_words must be a positive"),
        ("keras.datasets.mnist.load_data('data/mnist.npz')", ValueError, "without folders"),
        ("utils.get_file('a.txt')", ValueError, "origin must be a string"),
        ("utils.get_file(origin='http://example.org/a.txt')", ValueError, "an https address"),
        ("utils.get_file(origin='https://example.org/a.tar', extract=True)", ValueError,
         "untar, extract and archive_format are not offered"),
        ("utils.get_file(origin='https://example.org/a.txt', file_hash='abc')", ValueError,
         "hexadecimal digits"),
    ],
    "What Keras has and tinyneuron has not": [
        ("keras.applications", AttributeError, "Keras has it, tinyneuron does not"),
        ("layers.Conv2D", AttributeError, r"tinyneuron\.layers has no 'Conv2D'"),
        ("layers.Dens", AttributeError, "Did you mean 'Dense'"),
        ("optimizers.Ftrl", AttributeError, r"tinyneuron\.optimizers has no 'Ftrl'"),
        ("utils.plot_model", AttributeError, r"tinyneuron\.utils has no 'plot_model'"),
    ],
}  # fmt: skip


def namespace():
    """Return what the cases are run in."""
    names = {}
    exec(SETUP, names)
    return names


def answer(code):
    """Run a case in an empty folder, and return what it raises."""
    keras.utils.clear_session()
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        try:
            exec(code, namespace())
        except Exception as error:
            return error
    return None


def page():
    """Return the text of docs/error_table.md."""
    sections = [INTRODUCTION]
    for subject, cases in CASES.items():
        rows = [row(*case) for case in cases]
        sections.append("\n".join([f"## {subject}\n", "| input | answer |", "| --- | --- |",
                                   *rows, ""]))  # fmt: skip
    return "\n".join(sections)


def row(code, _error, _message, advice=""):
    error = answer(code)
    text = re.sub(r"([|*])", r"\\\1", str(error)).replace("<", "&lt;").replace("__", r"\_\_")
    advice = advice and f"<br>*{advice}*"
    return f"| `{code}` | **{type(error).__name__}** {text}{advice} |"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")

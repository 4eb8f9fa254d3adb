"""Sequential: a model is a list of layers, each called on what the one before returned."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from tinyneuron import layers as layers_module
from tinyneuron._common.arguments import as_list, integer, one_of, shown, text
from tinyneuron._common.arrays import Array, Shape, as_floats, as_numbers, as_shape
from tinyneuron._common.configuration import arguments_of, serialize
from tinyneuron._common.names import refuse_other_names
from tinyneuron._common.registry import custom_object_scope
from tinyneuron._training.trainer import Trainer
from tinyneuron.callbacks.progress import LiveLine
from tinyneuron.layers import InputLayer, Layer
from tinyneuron.layers.base import KerasTensor
from tinyneuron.models.summary import write_summary

__all__ = ["Sequential", "clone_model", "load_model", "model_from_json", "save_model"]

# A block of rows is as long as its inputs and outputs, in the widest layer, fill this many bytes:
# half a core's second-level cache, so that each layer finds its inputs still there.
_BLOCK_BYTES = 2**18
_LEAST_ROWS = 4096  # fewer, and a matrix product spends its time on starting and waiting


class Sequential(Trainer):
    """A chain of layers.

    Parameters
    ----------
    layers : list of Layer, optional
        They may start with an `Input`; without one, the first call builds the weights.
    trainable : bool
        Whether training changes any weight.
    name : str, optional
        ``sequential``, numbered, by default.

    Examples
    --------
    >>> from tinyneuron.layers import Dense, Input
    >>> model = Sequential([Input((1,)), Dense(1, activation="sigmoid", name="L1")], name="neuron")
    >>> model.set_weights([[[2.0]], [-4.5]])
    >>> model.predict([[0.0], [2.25], [5.0]]).round(2)
    array([[0.01],
           [0.5 ],
           [1.  ]], dtype=float32)
    >>> model.summary()
    Model: "neuron"
    _________________________________________________________________
    Layer (type)                 Output Shape              Param #
    =================================================================
    L1 (Dense)                   (None, 1)                 2
    =================================================================
    Total params: 2
    Trainable params: 2
    Non-trainable params: 0
    _________________________________________________________________
    """

    def __init__(
        self,
        layers: Iterable[Any] | None = None,
        trainable: bool = True,
        name: str | None = None,
    ):
        super().__init__(trainable=trainable, name=name)
        self._layers: list[Layer] = []
        self._input_name: str | None = None
        self._input_dtype: str | None = None
        for layer in [] if layers is None else as_list("layers", layers):
            self.add(layer)

    # Structure ------------------------------------------------------------------------------

    def add(self, layer: Any) -> None:
        """Append a layer, building it at once if the shape of its inputs is known.

        Raises
        ------
        ValueError
            If it is no layer, or has the name of one that is already there.
        """
        if isinstance(layer, KerasTensor | InputLayer):
            return self._add_input(layer)
        if not isinstance(layer, Layer):
            hint = ""
            if isinstance(layer, type):
                hint = f" Did you mean {layer.__name__}(...), with parentheses?"
            raise ValueError(
                f"Only layers can be added to a Sequential, got {shown(layer)}, a "
                f"{type(layer).__name__}.{hint}"
            )
        if any(part is self for part in layer._family()):
            raise ValueError(f"Sequential {self.name!r} cannot be a layer of itself.")
        if layer.name in (names := [own.name for own in self._layers]):
            raise ValueError(
                f"The layers of a Sequential need different names, and it has {names}: give the "
                f"new layer, {layer.name!r}, another name."
            )
        first = not self._layers
        if not first and self._input_shape is not None:
            layer.build(self.output_shape)
        self._layers.append(layer)
        if first:
            before = self._dtype, self._input_shape
            self._dtype = layer._dtype
            if self._input_shape is None:
                self._input_shape = layer._input_shape
            if self._input_shape is not None:
                shape, self._input_shape = self._input_shape, None
                try:
                    self.build(shape)
                except BaseException:
                    self._layers.pop()
                    self._dtype, self._input_shape = before
                    raise
        return None

    def _add_input(self, layer: KerasTensor | InputLayer) -> None:
        shape = layer.shape if isinstance(layer, KerasTensor) else layer.input.shape
        if self._input_shape is not None or self._layers:
            raise ValueError(
                f"Sequential {self.name!r} already has its first layer: an Input goes first, once."
            )
        self._input_shape, self._input_name = shape, layer.name
        self._input_dtype = layer.dtype

    def pop(self) -> Layer | None:
        """Remove the last layer and return it, or return ``None`` if there is none."""
        if not self._layers:
            return None
        layer = self._layers.pop()
        self.built = self.built and bool(self._layers)
        return layer

    @property
    def layers(self) -> list[Layer]:
        """The layers in order, without an Input."""
        return list(self._layers)

    def get_layer(self, name: str | None = None, index: int | None = None) -> Layer:
        """Return the layer of that name, or at that place.

        Raises
        ------
        ValueError
            If there is none; the message lists the names there are.
        """
        if (name is None) == (index is None):
            raise ValueError("get_layer takes either a name or an index.")
        if index is not None:
            index = integer("index", index, least=None)
            if not -len(self._layers) <= index < len(self._layers):
                raise ValueError(
                    f"There is no layer at index {index}: the model has {len(self._layers)} layers."
                )
            return self._layers[index]
        name, names = text("name", name), [layer.name for layer in self._layers]
        if name not in names:
            raise ValueError(f"No such layer: {name}. Existing layers are: {names}.")
        return self._layers[names.index(name)]

    def build(self, input_shape: Shape) -> None:
        if not self._layers:
            raise ValueError(
                f"Sequential model {self.name} cannot be built because it has no layers. "
                "Call `model.add(layer)`."
            )
        shape = input_shape
        for layer in self._layers:
            layer.build(shape)
            shape = layer.compute_output_shape(shape)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        shape = as_shape(input_shape)
        for layer in self._layers:
            shape = layer.compute_output_shape(shape)
        return shape

    @property
    def input_shape(self) -> Shape:
        """``(None, features)``, once it is known."""
        return self.input.shape

    @property
    def output_shape(self) -> Shape:
        """``(None, units)``, once the model is built."""
        return self.output.shape

    @property
    def input(self) -> KerasTensor:
        """The inputs' shape and dtype, once the shape is known."""
        name, dtype = self._input_name or f"{self.name}_input", self._input_dtype or self.dtype
        return super().input._replace(name=name, dtype=dtype)

    @property
    def output(self) -> KerasTensor:
        """The outputs' shape and dtype, once the model is built."""
        return super().output._replace(dtype=str(self._output_dtype))

    @property
    def _output_dtype(self) -> np.dtype[Any]:
        return self._layers[-1]._output_dtype

    @property
    def inputs(self) -> list[KerasTensor]:
        """The one input, in a list as Keras has it."""
        return [self.input]

    @property
    def outputs(self) -> list[KerasTensor]:
        """The one output, in a list as Keras has it."""
        return [self.output]

    def summary(
        self, line_length: int | None = None, print_fn: Callable[[str], Any] | None = None
    ) -> None:
        """Print the layers with the shapes of their outputs and their numbers of parameters.

        Parameters
        ----------
        line_length : int, optional
            65 characters by default.
        print_fn : callable, optional
            Called on each line instead of `print`.
        """
        length = 65 if line_length is None else integer("line_length", line_length)
        if print_fn is not None and not callable(print_fn):
            raise TypeError(f"print_fn must be a function of a line, got {shown(print_fn)}.")
        write_summary(self, length, print_fn or print)

    # Computing ------------------------------------------------------------------------------

    def call(self, inputs: Array, training: bool = False) -> Array:
        for layer in self._layers:
            if inputs.dtype != layer._dtype:
                inputs = inputs.astype(layer._dtype)
            if training and layer._takes_training:
                inputs = layer.call(inputs, training=True)  # type: ignore[call-arg]
            else:
                inputs = layer.call(inputs)
        return inputs

    def predict(self, x: Any, batch_size: int | None = None, verbose: str | int = "auto") -> Array:
        """Compute the outputs for all rows of `x`, in blocks, in constant memory.

        Parameters
        ----------
        x : array_like of shape (rows, ...)
            Also a `numpy.memmap` larger than memory.
        batch_size : int, optional
            Rows in a block; by default as many as a core's cache holds.
        verbose : "auto", 0, 1 or 2
            Unless it is 0, a prediction that takes long shows its progress on a terminal.

        Returns
        -------
        ndarray of shape (rows, ...)
            A new array, equal to ``model(x)`` to rounding; no rows for no rows.
        """
        if type(x) is not np.ndarray:
            x = as_numbers(x, f"inputs of model {self.name!r}")
        if type(verbose) is not str or verbose != "auto":  # a row is predicted faster than checked
            verbose = one_of("verbose", verbose, ["auto", 0, 1, 2])
        if x.ndim == 0:
            raise ValueError(f"predict takes an array of rows, got the single number {x}.")
        if not self.built:
            self.build(as_numbers(x, f"inputs of model {self.name!r}").shape)
        x = self._checked(x)
        if batch_size is not None:
            rows = integer("batch_size", batch_size)
        elif len(x) > _LEAST_ROWS:
            rows = self._rows_in_cache(x.shape)
        else:
            rows = _LEAST_ROWS
        if len(x) <= rows:
            outputs = self(x)
            # Identity and its like return (a view of) their inputs, which are the caller's, and
            # narrow layers write column by column: the result is an array of its own, in C order.
            own = outputs is not x and outputs.base is None and outputs.flags.c_contiguous
            return outputs if own else outputs.copy()
        outputs = np.empty(self.compute_output_shape(x.shape), self._output_dtype)
        progress = LiveLine()
        for start in range(0, len(x), rows):
            outputs[start : start + rows] = self(x[start : start + rows])
            if verbose != 0 and progress.is_due():
                progress.write(f"{start:,} of {len(x):,} rows")
        progress.close()
        return outputs

    def predict_on_batch(self, x: Any) -> Array:
        """Compute the outputs for all rows of `x` in one block."""
        return self.predict(x, batch_size=sys.maxsize)

    def _in_a_row(self, path: str = "") -> Iterator[tuple[str, Layer]]:
        if type(self).call is not Sequential.call:  # a subclass that computes something else
            yield from super()._in_a_row(path)
            return
        for layer in self._layers:
            yield from layer._in_a_row(f"{path}/{layer.name}" if path else layer.name)

    def _rows_in_cache(self, shape: Shape) -> int:
        """Number of rows whose inputs and outputs, in the widest layer, fit in `_BLOCK_BYTES`."""
        shapes = [shape]
        for layer in self._layers:
            shapes.append(layer.compute_output_shape(shapes[-1]))
        widths = [math.prod(shape[1:]) for shape in shapes]
        widest = max(before + after for before, after in pairwise(widths))
        return max(_LEAST_ROWS, _BLOCK_BYTES // (self._dtype.itemsize * max(1, widest)))

    def _as_inputs(self, inputs: Any) -> Array:
        if type(inputs) is np.ndarray and inputs.dtype == self._dtype:
            return inputs
        return as_floats(inputs, self._dtype, f"inputs of model {self.name!r}")

    def _checked(self, inputs: Array) -> Array:
        wanted, given = self._input_shape, inputs.shape
        if given[1:] == wanted[1:]:
            return inputs
        # As in Keras: samples of one number may come without, or with one more, axis for it.
        fitted = inputs
        if len(given) == len(wanted) - 1 and wanted[-1] == 1:
            fitted = inputs[..., np.newaxis]
        elif len(given) == len(wanted) + 1 and given[-1] == 1:
            fitted = inputs[..., 0]
        if fitted.ndim != len(wanted) or any(
            want not in (None, size)
            for want, size in zip(wanted[1:], fitted.shape[1:], strict=True)
        ):
            hint = ""
            if given == wanted[1:]:
                hint = " One sample needs a batch axis too: x.reshape(1, -1)."
            raise ValueError(
                f"Model {self.name!r}, whose first layer is {self._layers[0].name!r}, needs inputs "
                f"of shape {wanted}, and got {given}.{hint}"
            )
        return fitted

    # Configuration --------------------------------------------------------------------------

    def get_config(self) -> dict[str, Any]:
        own = super().get_config()
        own["layers"] = [serialize(layer) for layer in self._layers]
        if self._input_shape is not None:
            own["build_input_shape"] = self._input_shape
            start = InputLayer(
                batch_shape=self._input_shape,
                dtype=self._input_dtype or self.dtype,
                name=self._input_name or f"{self.name}_input",
            )
            own["layers"].insert(0, serialize(start))
        return own

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: Mapping[str, type] | None = None
    ) -> Self:
        """Make a model from what `get_config` returned, with new weights."""
        config = arguments_of(cls, config)
        model = cls(name=config.get("name"), trainable=config.get("trainable", True))
        with custom_object_scope(custom_objects):
            for layer in as_list(
                "The layers in the configuration of a Sequential", config.get("layers")
            ):
                model.add(layers_module.deserialize(layer))
        if not model.built and config.get("build_input_shape"):
            model.build(config["build_input_shape"])
        return model

    def to_json(self, **kwargs: Any) -> str:
        """Return the configuration as JSON; `kwargs` go to `json.dumps`.

        >>> model_from_json(Sequential(name="empty").to_json())
        <Sequential name=empty, built=False>
        """
        import json  # a tenth of the library's import time, for two functions

        return json.dumps(serialize(self), **kwargs)

    def save(self, filepath: Any, overwrite: bool = True) -> None:
        """Write the model to a file; see `saving.save_model`."""
        from tinyneuron import saving  # which needs this module, and is rarely needed itself

        saving.save_model(self, filepath, overwrite)

    def save_weights(self, filepath: Any, overwrite: bool = True) -> None:
        """Write the weights to a file; see `saving.save_weights`."""
        from tinyneuron import saving

        saving.save_weights(self, filepath, overwrite)

    def load_weights(self, filepath: Any) -> None:
        """Read the weights from a file; see `saving.load_weights`."""
        from tinyneuron import saving

        saving.load_weights(self, filepath)


def as_model(model: Any) -> Sequential:
    """Return `model`, if it is a Sequential.

    >>> as_model(Sequential(name="empty"))
    <Sequential name=empty, built=False>
    """
    if not isinstance(model, Sequential):
        raise TypeError(f"model must be a Sequential, got {shown(model)}.")
    return model


def load_model(
    filepath: Any, custom_objects: Mapping[str, type] | None = None, compile: bool = True
) -> Sequential:
    """Read a model from a file; see `saving.load_model`."""
    from tinyneuron import saving

    return saving.load_model(filepath, custom_objects, compile)


def save_model(model: Sequential, filepath: Any, overwrite: bool = True) -> None:
    """Write a model to a file; see `saving.save_model`."""
    as_model(model).save(filepath, overwrite)


def clone_model(model: Sequential) -> Sequential:
    """Return a model of the same configuration with new weights.

    >>> clone_model(Sequential(name="empty"))
    <Sequential name=empty, built=False>
    """
    return type(as_model(model)).from_config(model.get_config())


def model_from_json(
    json_string: str, custom_objects: Mapping[str, type] | None = None
) -> Sequential:
    """Make the model that `Sequential.to_json` described, with new weights."""
    import json

    try:
        config = json.loads(json_string)
    except (TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"json_string must be what to_json returned: {error}.") from None
    if not isinstance(config, dict) or config.get("class_name") != "Sequential":
        raise ValueError("The JSON does not describe a Sequential model.")
    return Sequential.from_config(config.get("config") or {}, custom_objects)


layers_module.REGISTRY.table["Sequential"] = Sequential  # a model can be a layer of another


if not TYPE_CHECKING:
    __getattr__ = refuse_other_names(__name__, __all__)

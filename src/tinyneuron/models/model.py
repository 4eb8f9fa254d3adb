"""Model: layers in a row, each called on what the one before returned."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from tinyneuron import layers as layers_module
from tinyneuron._common import uncalled
from tinyneuron._common.arguments import as_list, integer, one_of, shown, text
from tinyneuron._common.arrays import Array, Shape, as_batch_shape, as_dtype
from tinyneuron._common.configuration import arguments_of, serialize
from tinyneuron._common.registry import custom_object_scope
from tinyneuron._training.trainer import Trainer
from tinyneuron.callbacks.progress import LiveLine
from tinyneuron.layers import InputLayer, Layer
from tinyneuron.layers.chain import through
from tinyneuron.layers.symbolic import KerasTensor
from tinyneuron.models.summary import write_summary

if TYPE_CHECKING:
    from tinyneuron.explanation import Explanation

# Rows in a block of `predict`: as many as a core's second-level cache holds beside their outputs,
# but not so few that a matrix product spends its time on starting, nor so many that wide rows
# fill the memory.
_CACHE_BYTES = 2**18
_LEAST_ROWS = 4096
_MOST_BYTES = 2**25


class Model(Trainer):
    """Base of `Sequential`: layers in a row that predict, train, are saved and explained.

    Parameters
    ----------
    trainable : bool
        Whether training changes any weight.
    name : str, optional
        The class name in snake case, numbered, by default.
    """

    def __init__(self, trainable: bool = True, name: str | None = None):
        super().__init__(trainable=trainable, name=name)
        self._layers: list[Layer] = []
        self._given_input: KerasTensor | None = None  # the Input it starts with, if it does

    # Structure ------------------------------------------------------------------------------

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
                f"{type(self).__name__} model {self.name} cannot be built because it has no "
                "layers. Call `model.add(layer)`."
            )
        shape = input_shape
        for layer in self._layers:
            layer.build(shape)
            shape = layer.compute_output_shape(shape)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        shape = as_batch_shape(input_shape)
        for layer in self._layers:
            shape = layer.compute_output_shape(shape)
        return shape

    def _in_a_row(self, path: str = "") -> Iterator[tuple[str, Layer]]:
        if type(self).call is not Model.call:  # a subclass that computes something else
            yield from super()._in_a_row(path)
            return
        for layer in self._layers:
            yield from layer._in_a_row(f"{path}/{layer.name}" if path else layer.name)

    # Inputs and outputs ---------------------------------------------------------------------

    @property
    def input(self) -> KerasTensor:
        """The inputs' shape and dtype, once the shape is known."""
        return super().input if self._given_input is None else self._given_input

    @property
    def output(self) -> KerasTensor:
        """The outputs' shape and dtype, once the model is built."""
        if not self.built:
            return super().output
        shape = self.compute_output_shape(self._input_shape)
        return KerasTensor(shape, str(self._output_dtype), f"{self.name}_output")

    @property
    def inputs(self) -> list[KerasTensor]:
        """The one input, in a list as Keras has it."""
        return [self.input]

    @property
    def outputs(self) -> list[KerasTensor]:
        """The one output, in a list as Keras has it."""
        return [self.output]

    @property
    def input_shape(self) -> Shape:
        """``(None, features)``, once it is known."""
        return self.input.shape

    @property
    def output_shape(self) -> Shape:
        """``(None, units)``, once the model is built."""
        return self.output.shape

    @property
    def _output_dtype(self) -> np.dtype[Any]:
        return self._layers[-1]._output_dtype

    @property
    def _inputs_name(self) -> str:
        return f"inputs of model {self.name!r}"

    def _checked(self, inputs: Array) -> Array:
        wanted, given = self._input_shape, inputs.shape
        if not given:
            raise ValueError(
                f"Model {self.name!r} takes an array of rows, got the single number {inputs}."
            )
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

    # Computing ------------------------------------------------------------------------------

    def call(self, inputs: Array, training: bool = False) -> Array:
        return through(self._layers, inputs, training)

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
        if self._overrides_uncalled:
            uncalled.refuse("Model", self, "predict")
        # checking the default would take longer than predicting one row
        if type(verbose) is not str or verbose != "auto":
            verbose = one_of("verbose", verbose, ["auto", 0, 1, 2])
        x = self._enter(x, cast=False)
        if batch_size is not None:
            rows = integer("batch_size", batch_size)
        else:
            rows = _LEAST_ROWS if len(x) <= _LEAST_ROWS else self._rows_in_block(x.shape)
        if len(x) <= rows:
            inputs = as_dtype(x, self._dtype)
            outputs = self.call(inputs)
            # Identity and its like return (a view of) their inputs, which are the caller's, and
            # narrow layers write column by column: the result is an array of its own, in C order.
            own = outputs is not inputs and outputs.base is None and outputs.flags.c_contiguous
            return outputs if own and self._keeps_no_outputs else outputs.copy()
        outputs = np.empty(self.compute_output_shape(x.shape), self._output_dtype)
        progress = LiveLine()
        for start in range(0, len(x), rows):
            block = as_dtype(x[start : start + rows], self._dtype)
            outputs[start : start + rows] = self.call(block)
            if verbose != 0 and progress.is_due():
                progress.write(f"{start:,} of {len(x):,} rows")
        progress.close()
        return outputs

    def predict_on_batch(self, x: Any) -> Array:
        """Compute the outputs for all rows of `x` in one block."""
        return self.predict(x, batch_size=sys.maxsize)

    def _rows_in_block(self, shape: Shape) -> int:
        """Return how many rows `predict` takes at once: see the numbers at the top."""
        shapes = [shape]
        for layer in self._layers:
            shapes.append(layer.compute_output_shape(shapes[-1]))
        widths = [math.prod(shape[1:]) for shape in shapes]
        widest = max(before + after for before, after in pairwise(widths))
        bytes_of_row = self._dtype.itemsize * max(1, widest)
        rows = max(_LEAST_ROWS, _CACHE_BYTES // bytes_of_row)
        return max(1, min(rows, _MOST_BYTES // bytes_of_row))

    def explain(self, x: Any, y: Any = None, **options: Any) -> Explanation:
        """Write out what the model computes for a row of `x`; see `tinyneuron.explain`."""
        from tinyneuron.explanation import explain  # rarely needed

        return explain(self, x, y, **options)

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

    # Configuration and files ----------------------------------------------------------------

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        config["layers"] = [serialize(layer) for layer in self._layers]
        if self._input_shape is not None:
            start = InputLayer(
                batch_shape=self._input_shape, dtype=self.input.dtype, name=self.input.name
            )
            config["layers"].insert(0, serialize(start))
            config["build_input_shape"] = self._input_shape
        return config

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: Mapping[str, type] | None = None
    ) -> Self:
        """Make a model from what `get_config` returned, with new weights."""
        config = arguments_of(cls, config)
        model = cls(name=config.get("name"), trainable=config.get("trainable", True))
        with custom_object_scope(custom_objects):
            layers = as_list("The layers in a model's configuration", config.get("layers"))
            model._append(map(layers_module.deserialize, layers))
        model._build_if_known()
        if not model.built and config.get("build_input_shape"):
            model.build(config["build_input_shape"])
        return model

    def to_json(self, **kwargs: Any) -> str:
        """Return the configuration as JSON; `kwargs` go to `json.dumps`."""
        import json  # a tenth of the library's import time, for two functions

        return json.dumps(serialize(self), **kwargs)

    def save(self, filepath: Any, overwrite: bool = True) -> None:
        """Write the model to a file; see `saving.save_model`."""
        from tinyneuron import saving  # rarely needed

        self._refuse_uncalled("save")
        saving.save_model(self, filepath, overwrite)

    def save_weights(self, filepath: Any, overwrite: bool = True) -> None:
        """Write the weights to a file; see `saving.save_weights`."""
        from tinyneuron import saving

        self._refuse_uncalled("save")
        saving.save_weights(self, filepath, overwrite)

    def load_weights(self, filepath: Any) -> None:
        """Read the weights from a file; see `saving.load_weights`."""
        from tinyneuron import saving

        self._refuse_uncalled("load")
        saving.load_weights(self, filepath)

    def _refuse_uncalled(self, when: str) -> None:
        """Refuse what Keras would call of this model, and of the layers in it, to save or load."""
        uncalled.refuse("Model", self, when)
        for layer in self._family():
            uncalled.refuse("Layer", layer, when)

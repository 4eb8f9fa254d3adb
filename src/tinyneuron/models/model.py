"""Model: what predicts, trains, is saved and explained."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from tinyneuron import layers as layers_module
from tinyneuron._common import uncalled
from tinyneuron._common.arguments import integer, one_of, shown
from tinyneuron._common.arrays import Array, Buffers, Empty, Shape, as_dtype
from tinyneuron._common.configuration import serialize
from tinyneuron._common.unknown import says_what_is_taken
from tinyneuron._training.data import as_data, yields_batches
from tinyneuron._training.given import listed
from tinyneuron._training.step import TrainStep
from tinyneuron._training.trainer import Trainer
from tinyneuron.callbacks import Callback
from tinyneuron.callbacks.progress import LiveLine
from tinyneuron.layers import Layer
from tinyneuron.models.own_call import layers_called
from tinyneuron.models.summary import write_summary

if TYPE_CHECKING:
    from tinyneuron.explanation import Explanation

# Rows in a block of `predict`: as many as a core's second-level cache holds beside their outputs,
# but not so few that a matrix product spends its time on starting, nor so many that wide rows
# fill the memory.
_CACHE_BYTES = 2**18
_FEW_ROWS = 64  # not worth the question how many there may be
_LEAST_ROWS = 4096
_MOST_BYTES = 2**25


class Model(Trainer):
    """What predicts, trains, is saved and explained: of layers in a row, or with its own `call`.

    ``Model(inputs, outputs)`` makes a `Functional`: the layers in a row between two symbolic
    tensors. A subclass keeps layers in attributes and computes with them in ``call(inputs)``. It
    predicts whatever that is; it trains where `call` passes its inputs through one layer after the
    other. With other formulas it needs `forward` and `backward`, as any `Layer` does.

    Parameters
    ----------
    trainable : bool
        Whether training changes any weight.
    name : str, optional
        The class name in snake case, numbered, by default.

    Examples
    --------
    >>> from tinyneuron import Input
    >>> from tinyneuron.layers import Dense
    >>> x = Input((2,))
    >>> Model(x, Dense(1)(x), name="chain")
    <Functional name=chain, built=True>
    >>> class Own(Model):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.hidden, self.last = Dense(3, activation="relu"), Dense(1)
    ...     def call(self, x):
    ...         return self.last(self.hidden(x))
    >>> Own().predict([[1.0, 2.0]]).shape
    (1, 1)
    """

    def __new__(cls, *args: Any, **kwargs: Any) -> Self:
        if cls is Model and (args or not kwargs.keys().isdisjoint({"inputs", "outputs"})):
            cls = layers_module.REGISTRY.table["Functional"]
        return super().__new__(cls, *args, **kwargs)

    def __init__(
        self,
        inputs: Any = None,
        outputs: Any = None,
        *,
        trainable: bool = True,
        name: str | None = None,
    ):
        if inputs is not None or outputs is not None:
            raise TypeError(
                f"{type(self).__name__}: a class of your own keeps its layers in attributes and "
                "defines call(inputs). A model of the layers between two tensors is made with "
                "Model(inputs, outputs)."
            )
        super().__init__(trainable=trainable, name=name)

    # Structure ------------------------------------------------------------------------------

    @property
    def layers(self) -> list[Layer]:
        """The layers in order."""
        return list(self._own_layers())

    def get_layer(self, name: str | None = None, index: int | None = None) -> Layer:
        """Return the layer of that name, or at that place.

        Raises
        ------
        ValueError
            If there is none; the message lists the names there are.
        """
        if (name is None) == (index is None) or not isinstance(name, str | None):
            raise ValueError("get_layer takes either a name or an index, such as index=0.")
        layers = self.layers
        if index is not None:
            index = integer("index", index, least=None)
            if not -len(layers) <= index < len(layers):
                raise ValueError(
                    f"There is no layer at index {index}: the model has {len(layers)} layers."
                )
            return layers[index]
        names = [layer.name for layer in layers]
        if name not in names:
            raise ValueError(f"No such layer: {name}. Existing layers are: {names}.")
        return layers[names.index(name)]

    def _with_output_shapes(self) -> Iterator[tuple[Layer, Shape | None]]:
        """Yield each layer and the shape of its outputs, as far as that is known."""
        for layer in self.layers:
            yield layer, layer.output.shape if layer.built else None

    def build(self, input_shape: Shape) -> None:
        sizes = (1 if size is None else size for size in input_shape[1:])
        self.call(np.zeros([1, *sizes], self._dtype))  # the layers in it build as they are called

    def _row(self) -> list[Layer] | None:
        """Return the layers that inputs pass in turn, if that is all that `call` does."""
        if type(self).backward is not Layer.backward or not self.built:
            return None
        try:
            return layers_called(self, self._input_shape)
        except NotImplementedError:  # it predicts all the same
            return None

    def _in_a_row(self, path: str = "") -> Iterator[tuple[str, Layer]]:
        row = self._row()
        if row is None:
            yield from super()._in_a_row(path)
        for layer in row or ():
            yield from layer._in_a_row(f"{path}/{layer.name}" if path else layer.name)

    def _train_step(self) -> TrainStep:
        if type(self)._row is Model._row:  # even if it has no weights of its own
            self.check_trainable()
        return super()._train_step()

    def check_trainable(self) -> None:
        if type(self).backward is Layer.backward:
            layers_called(self, self._input_shape)
        else:
            super().check_trainable()

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
            elif given[:-1] == wanted[1:]:
                hint = " Are rows and columns exchanged? x.T exchanges them back."
            raise ValueError(
                f"Model {self.name!r}, whose first layer is {self.layers[0].name!r}, needs inputs "
                f"of shape {wanted}, and got {given}.{hint}"
            )
        return fitted

    # Computing ------------------------------------------------------------------------------

    def predict(
        self,
        x: Any,
        batch_size: int | None = None,
        verbose: str | int = "auto",
        steps: int | None = None,
        callbacks: Iterable[Callback] | None = None,
    ) -> Array:
        """Compute the outputs for all rows of `x`, in blocks, in constant memory.

        Parameters
        ----------
        x : array_like of shape (rows, ...), or iterable of batches
            Also a `numpy.memmap` larger than memory. Of batches ``(x, y)`` only x counts.
        batch_size : int, optional
            Rows in a block; by default as many as a core's cache holds.
        verbose : "auto", 0, 1 or 2
            Unless it is 0, a prediction that takes long shows its progress on a terminal.
        steps : int, optional
            After how many batches to end.
        callbacks : list of Callback, optional
            Those with hooks of ``predict``; batches are of 32 rows then, by default.

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
        is_array = type(x) is np.ndarray or not yields_batches(x)
        if steps is not None or callbacks is not None or not is_array:
            return self._predict_batches(x, batch_size, steps, callbacks)
        x = self._enter(x, cast=False)
        if batch_size is not None:
            rows = integer("batch_size", batch_size)
        else:
            few = len(x) <= _FEW_ROWS and x.nbytes <= _MOST_BYTES
            rows = _FEW_ROWS if few else self._rows_in_block(x.shape)
        if len(x) <= rows:
            # Identity and its like return (a view of) the caller's inputs, a user's layer may keep
            # what it returns, narrow layers write column by column: a copy is none of these.
            return self.call(as_dtype(x, self._dtype)).copy()
        return self._predict_blocks(x, rows, LiveLine() if verbose != 0 else None)

    def _predict_blocks(self, x: Array, rows: int, progress: LiveLine | None) -> Array:
        """Compute the outputs in blocks of so many rows, whose arrays are made once."""
        empty = Buffers() if self._keeps_nothing else None
        results: Any = None
        for start in range(0, len(x), rows):
            block = self._block(x[start : start + rows], empty)
            if results is None:
                results = np.empty((len(x), *block.shape[1:]), block.dtype)
            results[start : start + rows] = block
            if progress is not None and progress.is_due():
                progress.write(f"{start:,} of {len(x):,} rows")
        if progress is not None:
            progress.close()
        return results

    def _block(self, x: Array, empty: Empty | None) -> Array:
        x = as_dtype(x, self._dtype, empty)
        return self.call(x) if empty is None else self.call(x, empty=empty)  # type: ignore[call-arg]

    def _predict_batches(
        self, x: Any, batch_size: int | None, steps: int | None, callbacks: Any
    ) -> Array:
        """Compute the outputs batch by batch, as `predict` does where somebody counts batches."""
        data = as_data(x, None, None, batch_size, steps)
        listening = self._callbacks(listed(callbacks), 0, steps=data.steps)
        data.enter(lambda x, y, sample_weight: (self._enter(x, cast=False), None, None))
        before, after = listening.around("predict_batch")
        outputs = []
        listening.run("on_predict_begin", {})
        for number, (rows, _, _) in enumerate(data):
            for hook in before:
                hook(number, {})
            outputs.append(self.call(as_dtype(rows, self._dtype)).copy())
            for hook in after:
                hook(number, {"outputs": outputs[-1]})
        listening.run("on_predict_end", {})
        if not outputs:
            raise ValueError("There is no data: x has yielded no batch.")
        return np.concatenate(outputs)

    def predict_on_batch(self, x: Any) -> Array:
        """Compute the outputs for all rows of `x` in one block."""
        return self.predict(x, batch_size=sys.maxsize)

    def _rows_in_block(self, shape: Shape) -> int:
        """Return how many rows `predict` takes at once: see the numbers at the top."""
        bytes_of_row = self._dtype.itemsize * max(1, self._widest(shape))
        rows = max(_LEAST_ROWS, _CACHE_BYTES // bytes_of_row)
        return max(1, min(rows, _MOST_BYTES // bytes_of_row))

    def _widest(self, shape: Shape) -> int:
        """Return how many numbers a layer holds at most of a row, as inputs and outputs."""
        shapes = [shape, self.compute_output_shape(shape)]
        return sum(math.prod(shape[1:]) for shape in shapes)

    def explain(self, x: Any, y: Any = None, **options: Any) -> Explanation:
        """Write out what the model computes for a row of `x`; see `tinyneuron.explain`."""
        from tinyneuron.explanation import explain  # rarely needed

        return explain(self, x, y, **options)

    @says_what_is_taken
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

    def _repr_html_(self) -> str:
        from tinyneuron.models.notebook import as_html  # only where somebody looks

        return as_html(self)

    # Configuration and files ----------------------------------------------------------------

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: Mapping[str, Any] | None = None
    ) -> Self:
        if cls is Model and isinstance(config, Mapping) and "input_layers" in config:
            cls = layers_module.REGISTRY.table["Functional"]
            return cls.from_config(config, custom_objects)
        return super().from_config(config, custom_objects)

    def to_json(self, **kwargs: Any) -> str:
        """Return the configuration as JSON; `kwargs` go to `json.dumps`."""
        import json  # a tenth of the library's import time, for two functions

        return json.dumps(serialize(self), **kwargs)

    @says_what_is_taken
    def save(self, filepath: Any, overwrite: bool = True) -> None:
        """Write the model to a file; see `saving.save_model`."""
        from tinyneuron import saving  # rarely needed

        self._refuse_uncalled("save")
        saving.save_model(self, filepath, overwrite)

    @says_what_is_taken
    def save_weights(self, filepath: Any, overwrite: bool = True) -> None:
        """Write the weights to a file; see `saving.save_weights`."""
        from tinyneuron import saving

        self._refuse_uncalled("save")
        saving.save_weights(self, filepath, overwrite)

    @says_what_is_taken
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

"""Functional: the layers in a row between two symbolic tensors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from tinyneuron import layers as layers_module
from tinyneuron._common.arguments import as_list, shown
from tinyneuron._common.configuration import arguments_of, serialize
from tinyneuron._common.registry import custom_object_scope
from tinyneuron.layers import InputLayer, Layer
from tinyneuron.layers.symbolic import KerasTensor
from tinyneuron.models.chain import Chain


class Functional(Chain):
    """The layers in a row between `inputs` and `outputs`: what ``Model(inputs, outputs)`` makes.

    Models may share layers: what trains in one has been trained in the other.

    Parameters
    ----------
    inputs : KerasTensor
        What `Input` returned, or what a layer did. In a list too, of one.
    outputs : KerasTensor
        What the last layer returned. In a list too, of one.
    trainable : bool
        Whether training changes any weight.
    name : str, optional
        ``functional``, numbered, by default.

    Raises
    ------
    ValueError
        If the outputs do not come from the inputs, by at least one layer.

    Examples
    --------
    An autoencoder, and its encoder, which are of the same layers:

    >>> from tinyneuron import Input
    >>> from tinyneuron.layers import Dense
    >>> x = Input((4,))
    >>> code = Dense(2, activation="relu")(x)
    >>> autoencoder, encoder = Functional(x, Dense(4)(code)), Functional(x, code)
    >>> encoder.layers[1] is autoencoder.layers[1]
    True
    >>> encoder.predict([[1.0, 2.0, 3.0, 4.0]]).shape
    (1, 2)
    """

    def __init__(self, inputs: Any, outputs: Any, trainable: bool = True, name: str | None = None):
        start, end = _the_one("inputs", inputs), _the_one("outputs", outputs)
        layers = _between(start, end)
        super().__init__(trainable=True, name=name)
        self._dtype = layers[0]._dtype
        self._layers = layers
        if start.before is not None:  # it starts amidst layers: with an Input of its own
            start = InputLayer(batch_shape=start.shape, dtype=start.dtype).output
        self._given_input = start
        self.build(start.shape)
        if not trainable:
            self.trainable = trainable

    @property
    def layers(self) -> list[Layer]:
        """The `InputLayer`, and the layers in order, each once."""
        return list(dict.fromkeys([self.input.layer, *self._layers]))

    def get_config(self) -> dict[str, Any]:
        uses: dict[str, list[Any]] = {layer.name: [] for layer in self.layers}
        tensor: KerasTensor = self.input
        history: list[Any] = [tensor.name, 0, 0]
        for layer in self._layers:
            uses[layer.name].append(_node(tensor, history))
            tensor, history = layer._after(tensor), [layer.name, len(uses[layer.name]) - 1, 0]
        if isinstance(self._layers[-1], Functional):
            history[1] += 1  # Keras counts a model's making as its first use, at this place alone
        return {
            "name": self.name,
            "trainable": self.trainable,
            "layers": [
                serialize(layer) | {"name": layer.name, "inbound_nodes": uses[layer.name]}
                for layer in self.layers
            ],
            "input_layers": [self.input.name, 0, 0],
            "output_layers": history,
        }

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: Mapping[str, type] | None = None
    ) -> Self:
        """Make a model from what `get_config` returned, with new weights."""
        config = arguments_of(cls, config)
        described = {
            layer.get("name") or layer["config"]["name"]: layer
            for layer in as_list("The layers in a model's configuration", config.get("layers"))
        }
        (first, _), last = (_place(cls, config.get(f"{end}_layers"), f"{end}s") for end in _ENDS)
        for name, layer in described.items():
            for use in range(len(layer.get("inbound_nodes") or [])):
                _source(name, layer["inbound_nodes"], use)  # a branch is the first thing to name
        with custom_object_scope(custom_objects):
            made = {name: layers_module.deserialize(layer) for name, layer in described.items()}
        row, seen = list[Layer](), set[tuple[str, int]]()
        name, use = last
        if isinstance(made.get(name), Functional):
            use = max(0, use - 1)  # see get_config
        while name != first:
            if name not in made or (name, use) in seen:
                raise ValueError(
                    f"The layers of {config.get('name')!r} lead in a circle, or to "
                    f"no Input: at {name!r}."
                )
            seen.add((name, use))
            row.insert(0, made[name])
            name, use = _source(name, described[name].get("inbound_nodes"), use)
        start = made.get(first)
        if not isinstance(start, InputLayer):
            raise ValueError(f"A model's inputs are those of an InputLayer, got {shown(start)}.")
        x = start.output
        for layer in row:
            x = layer._on_symbolic(x, None)
        model = cls(start.output, x, name=config.get("name"))
        if not config.get("trainable", True):
            model.trainable = False
        return model


_ENDS = ("input", "output")


def _the_one(argument: str, given: Any) -> KerasTensor:
    """Return the tensor that is given, alone or in a list."""
    given = list(given.values()) if isinstance(given, Mapping) else given
    tensors = list(given) if isinstance(given, list | tuple) else [given]
    for tensor in tensors:
        if not isinstance(tensor, KerasTensor):
            raise TypeError(
                f"Model: {argument} must be a symbolic tensor, such as Input(...) returns, or a "
                f"layer called on one, got {shown(tensor)}."
            )
    if len(tensors) != 1:
        names = [tensor.name for tensor in tensors]
        raise ValueError(
            f"Model: {argument} are {len(tensors)} tensors, {names}: a model is layers in a row, "
            "with one input and one output. Put the columns of several inputs side by side, as "
            "np.hstack does; make a Model for each of several outputs."
        )
    return tensors[0]


def _between(start: KerasTensor, end: KerasTensor) -> list[Layer]:
    """Return the layers that lead from one tensor to the other."""
    passed = len(start.path)
    if not passed or end.path[:passed] != start.path:
        way = " -> ".join(layer.name for layer in end.path) or "no layer"
        raise ValueError(
            f"Model: the outputs {end.name!r} do not come from the inputs {start.name!r}: they "
            f"come from {way}."
        )
    if len(end.path) == passed:
        raise ValueError(f"Model: there is no layer between the inputs and outputs {end.name!r}.")
    layers = list(end.path[passed:])
    by_name: dict[str, Layer] = {}
    for layer in [start.layer, *layers] if passed == 1 else layers:  # after an Input
        if by_name.setdefault(layer.name, layer) is not layer:
            raise ValueError(
                f"Model: the layers need different names, and two are called {layer.name!r}."
            )
    return layers


def _node(tensor: KerasTensor, history: list[Any]) -> dict[str, Any]:
    """Describe one use of a layer: which tensor it was called on."""
    config = {"shape": tensor.shape, "dtype": tensor.dtype, "keras_history": history}
    return {"args": [{"class_name": "__keras_tensor__", "config": config}], "kwargs": {}}


def _place(cls: type, given: Any, what: str) -> tuple[str, int]:
    """Return the layer's name, and which of its uses, from ``[name, use, 0]``, in a list or not."""
    match given:
        case [str(name), int(use), int()] | [[str(name), int(use), int()]]:
            return name, use
    raise ValueError(
        f"{cls.__name__}: a model is layers in a row, with one input and one output; the {what} "
        f"in the configuration are {shown(given)}."
    )


def _source(name: str, nodes: Any, use: int) -> tuple[str, int]:
    """Return where the inputs of a layer come from, in one of its uses."""
    nodes = nodes if isinstance(nodes, list) else []
    if len(nodes) == 1:  # Keras 2 counts the making of a model as its first use
        use = 0
    match nodes[use] if 0 <= use < len(nodes) else None:
        case {"args": [{"config": {"keras_history": [str(source), int(place), int()]}}], **more}:
            kwargs: Any = more.get("kwargs") or {}
        case [[str(source), int(place), int(), kwargs]]:  # Keras 2
            pass
        case [[str(source), int(place), int()]]:  # Keras 1
            kwargs = {}
        case _:
            raise ValueError(
                f"Layer {name!r} does not take the outputs of just one layer: a model is layers in "
                "a row."
            )
    given = {option: value for option, value in kwargs.items() if value is not None}
    if given:
        raise ValueError(f"Layer {name!r} was called with {given}, which is not offered.")
    return source, place

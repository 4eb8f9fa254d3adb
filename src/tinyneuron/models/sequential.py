"""Sequential: a model to which layers are added one by one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Self

from tinyneuron import layers as layers_module
from tinyneuron._common.arguments import as_list, shown
from tinyneuron._common.configuration import arguments_of, serialize
from tinyneuron._common.registry import custom_object_scope
from tinyneuron._common.unknown import says_what_is_taken
from tinyneuron.layers import InputLayer, Layer
from tinyneuron.layers.building import all_or_nothing, lock
from tinyneuron.layers.symbolic import KerasTensor
from tinyneuron.models.chain import Chain


class Sequential(Chain):
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
        if isinstance(layers, Layer | KerasTensor):
            raise TypeError(
                "Sequential takes its layers in a list: Sequential([Input((2,)), Dense(1)]), got "
                f"{shown(layers)} outside of one."
            )
        super().__init__(trainable=trainable, name=name)
        self._append([] if layers is None else as_list("layers", layers))
        self._build_if_known()

    @says_what_is_taken
    def add(self, layer: Any) -> None:
        """Append a layer, building it at once if the shape of its inputs is known.

        Raises
        ------
        ValueError
            If it is no layer, or has the name of one that is already there.
        """

        def add() -> None:
            self._append([layer])
            self._build_if_known()

        all_or_nothing(self, add)

    def _append(self, layers: Iterable[Any]) -> None:
        names = {own.name for own in self._layers}
        for layer in layers:
            self._append_one(layer, names)

    def _append_one(self, layer: Any, names: set[str]) -> None:
        if isinstance(layer, KerasTensor | InputLayer):
            return self._start_with(layer if isinstance(layer, KerasTensor) else layer.output)
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
        if layer.name in names:
            raise ValueError(
                "The layers of a Sequential need different names, and it has "
                f"{[own.name for own in self._layers]}: give the new layer, {layer.name!r}, "
                "another name."
            )
        if self.built:
            layer._on_symbolic(self.output, None)
        elif not self._layers:
            self._dtype = layer._dtype
            if self._input_shape is None:
                self._input_shape = layer._input_shape
        self._layers = [*self._layers, layer]  # a call may be going through the others
        names.add(layer.name)
        return None

    def _build_if_known(self) -> None:
        if self._layers and not self.built and self._input_shape is not None:
            self.build(self._input_shape)

    def _start_with(self, start: KerasTensor) -> None:
        if self._input_shape is not None or self._layers:
            raise ValueError(
                f"Sequential {self.name!r} already has its first layer: an Input goes first, once."
            )
        if not isinstance(start.layer, InputLayer):
            raise ValueError(
                f"Sequential {self.name!r} starts with an Input, not with the outputs of a layer, "
                f"{start.name!r}: give the layers themselves, or make a Model(inputs, outputs)."
            )
        self._given_input, self._input_shape = start, (None, *start.shape[1:])

    @says_what_is_taken
    def pop(self) -> Layer | None:
        """Remove the last layer and return it, or return ``None`` if there is none."""
        with lock:
            if not self._layers:
                return None
            *rest, layer = self._layers
            vars(self).update(_layers=rest, _built=self.built and bool(rest))  # at once
        return layer

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        config["layers"] = [serialize(layer) for layer in self._layers]
        if self._given_input is not None:
            config["layers"].insert(0, serialize(self._given_input.layer))
            config["build_input_shape"] = self._given_input.shape
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

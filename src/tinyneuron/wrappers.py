"""Models as estimators of scikit-learn: in pipelines, cross-validation and grid searches.

The estimators need scikit-learn; this module can be imported without it.

    def network(X, y, units=3):
        model = Sequential([Dense(units, activation="tanh"), Dense(y.shape[1], "softmax")])
        model.compile("adam", "categorical_crossentropy")
        return model

    estimator = SKLearnClassifier(network, model_kwargs={"units": 4}, fit_kwargs={"epochs": 2})
    cross_val_score(estimator, X, y)
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from tinyneuron._common.arguments import shown
from tinyneuron._common.arrays import Array
from tinyneuron._common.missing import refuse_other_names
from tinyneuron.models import Model, clone_model

try:
    from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin, TransformerMixin
    from sklearn.utils.multiclass import type_of_target
    from sklearn.utils.validation import check_is_fitted, validate_data
except ImportError:  # said when an estimator is made
    BaseEstimator, ClassifierMixin, RegressorMixin, TransformerMixin = (
        type("NoScikitLearn", (), {}) for _ in range(4)
    )

__all__ = ["SKLearnClassifier", "SKLearnRegressor", "SKLearnTransformer"]

__path__: list[str] = []  # so that importing Keras' wrappers.scikit_learn gets the error below

if not TYPE_CHECKING:
    __getattr__ = refuse_other_names(__name__, __all__)


class _Wrapper(BaseEstimator):  # type: ignore[misc]
    """What the estimators share: see `SKLearnRegressor`."""

    def __init__(
        self,
        model: Model | Callable[..., Model],
        warm_start: bool = False,
        model_kwargs: dict[str, Any] | None = None,
        fit_kwargs: dict[str, Any] | None = None,
    ):
        if BaseEstimator.__name__ == "NoScikitLearn":
            raise ImportError(f"{type(self).__name__} needs scikit-learn: pip install scikit-learn")
        self.model = model
        self.warm_start = warm_start
        self.model_kwargs = model_kwargs
        self.fit_kwargs = fit_kwargs

    def __sklearn_clone__(self) -> Self:
        model = copy.deepcopy(self.model) if isinstance(self.model, Model) else self.model
        return type(self)(
            model, self.warm_start, copy.deepcopy(self.model_kwargs), copy.deepcopy(self.fit_kwargs)
        )

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.non_deterministic = True
        return tags

    def fit(self, X: Any, y: Any, **kwargs: Any) -> Self:
        """Train a model; `kwargs` go to its `fit`."""
        X, y = validate_data(self, X, y, multi_output=self._takes_columns)
        y = self._encoded(y)
        model = self._model_for(X, y)
        self.history_ = model.fit(X, y, **{"verbose": 0, **(self.fit_kwargs or {}), **kwargs})
        self.model_ = model
        return self

    _takes_columns = True  # targets of several columns

    def _model_for(self, X: Array, y: Array) -> Model:
        if self.warm_start and hasattr(self, "model_"):
            return self.model_
        if not isinstance(self.model, Model):
            model = self.model(X=X, y=y, **(self.model_kwargs or {}))
        else:
            model = self.model if self.warm_start else _new(self.model)
        if not isinstance(model, Model) or not getattr(model, "loss", None):
            raise RuntimeError(
                f"{type(self).__name__}: model must be a compiled model, with a loss and an "
                f"optimizer, or a function that returns one, got {shown(model)}."
            )
        return model

    def _encoded(self, y: Array) -> Array:
        """Return the targets as the model sees them: with an axis of outputs."""
        type_of_target(y, raise_unknown=True)
        self._column = y.ndim == 1
        return y.reshape(-1, 1) if self._column else y

    def _outputs(self, X: Any) -> Array:
        check_is_fitted(self, "model_")
        return self.model_.predict(validate_data(self, X, reset=False), verbose=0)


def _new(model: Model) -> Model:
    """Return a model that is made and compiled like this one, with new weights."""
    if model.optimizer is None:
        return model
    new = clone_model(model)
    wanted = copy.deepcopy(model._scores.wanted)
    new.compile(
        optimizer=type(model.optimizer).from_config(model.optimizer.get_config()),
        loss=model.loss,
        metrics=[metric for metric, weighted in wanted if not weighted],
        weighted_metrics=[metric for metric, weighted in wanted if weighted],
    )
    return new


class SKLearnClassifier(ClassifierMixin, _Wrapper):  # type: ignore[misc]
    """A classifier of scikit-learn's: the model sees one-hot targets, one column for each class.

    `predict` returns the class of the largest output. The loss is that of one-hot targets, such as
    ``"categorical_crossentropy"`` after softmax. Parameters and attributes: see `SKLearnRegressor`.

    Attributes
    ----------
    classes_ : ndarray
        The classes, sorted: column k of the targets is for the k-th.
    """

    _takes_columns = False

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.poor_score = True
        return tags

    def _encoded(self, y: Array) -> Array:
        if (kind := type_of_target(y)) not in ("binary", "multiclass"):
            raise ValueError(
                "Only binary and multiclass target types are supported. Unknown label type: Target "
                f"type: {kind}"
            )
        self.classes_, numbers = np.unique(y, return_inverse=True)
        if len(self.classes_) == 1:
            raise ValueError("Classifier can't train when only one class is present.")
        return np.eye(len(self.classes_))[numbers]

    def decision_function(self, X: Any) -> Array:
        """Return the model's outputs, one column for each class."""
        return self._outputs(X)

    def predict_proba(self, X: Any) -> Array:
        """Return the model's outputs, which are probabilities where it ends with softmax."""
        return self._outputs(X)

    def predict(self, X: Any) -> Array:
        """Return the class of the largest output of each row."""
        numbers = self._outputs(X).argmax(axis=-1)
        return self.classes_[numbers]


class SKLearnRegressor(RegressorMixin, _Wrapper):  # type: ignore[misc]
    """A regressor of scikit-learn's: it predicts numbers, a vector if the targets were one.

    Parameters
    ----------
    model : Model or callable
        A compiled model, which is cloned for each `fit`, or a function ``model(X, y, ...)`` that
        makes one for such data. Targets come in the shape in which the model will see them.
    warm_start : bool
        Whether a model, or the one of the last `fit`, is trained on instead of a new one.
    model_kwargs : dict, optional
        More arguments of the function, such as a grid search tries out.
    fit_kwargs : dict, optional
        Arguments of the model's `fit`. Those given to the estimator's `fit` come before them.

    Attributes
    ----------
    model_ : Model
        The trained model.
    history_ : History
        What its `fit` returned.
    """

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.regressor_tags.poor_score = True
        tags.target_tags.multi_output = True
        return tags

    def predict(self, X: Any) -> Array:
        """Return the model's outputs: a vector if the targets were one."""
        outputs = self._outputs(X)
        return outputs[:, 0] if self._column else outputs


class SKLearnTransformer(TransformerMixin, _Wrapper):  # type: ignore[misc]
    """A transformer of scikit-learn's: what the model makes of rows. See `SKLearnRegressor`."""

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = []
        return tags

    def transform(self, X: Any) -> Array:
        """Return the model's outputs."""
        return self._outputs(X)

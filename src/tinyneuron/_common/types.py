"""The names that stand for objects, as types: editors complete them, type checkers read them."""

from __future__ import annotations

from typing import Literal, TypeAlias

ActivationName: TypeAlias = Literal[
    "celu", "elu", "exponential", "gelu", "hard_sigmoid", "hard_silu", "hard_swish", "leaky_relu",
    "linear", "log_sigmoid", "log_softmax", "mish", "relu", "relu6", "selu", "sigmoid", "silu",
    "softmax", "softplus", "softsign", "swish", "tanh",
]  # fmt: skip

LossName: TypeAlias = Literal[
    "bce", "binary_crossentropy", "categorical_crossentropy", "categorical_hinge",
    "cosine_similarity", "hinge", "huber", "huber_loss", "kl_divergence", "kld", "log_cosh",
    "logcosh", "mae", "mape", "mean_absolute_error", "mean_absolute_percentage_error",
    "mean_squared_error", "mean_squared_logarithmic_error", "mse", "msle", "poisson",
    "sparse_categorical_crossentropy", "squared_hinge",
]  # fmt: skip

OptimizerName: TypeAlias = Literal[
    "adam", "adam_w", "adamw", "rm_sprop", "rmsprop", "sgd",
]  # fmt: skip

MetricName: TypeAlias = Literal[
    "acc", "accuracy", "bce", "binary_accuracy", "binary_crossentropy", "categorical_accuracy",
    "categorical_crossentropy", "categorical_hinge", "cosine_similarity", "hinge", "huber",
    "kl_divergence", "kld", "log_cosh", "log_cosh_error", "logcosh", "mae", "mape", "mean",
    "mean_absolute_error", "mean_absolute_percentage_error", "mean_metric_wrapper",
    "mean_squared_error", "mean_squared_logarithmic_error", "mse", "msle", "poisson", "precision",
    "r2_score", "recall", "rmse", "root_mean_squared_error", "sparse_categorical_accuracy",
    "sparse_categorical_crossentropy", "sparse_top_k_categorical_accuracy", "squared_hinge",
    "sum", "top_k_categorical_accuracy",
]  # fmt: skip

InitializerName: TypeAlias = Literal[
    "constant", "glorot_normal", "glorot_uniform", "he_normal", "he_uniform", "lecun_normal",
    "lecun_uniform", "normal", "one", "ones", "random_normal", "random_uniform",
    "truncated_normal", "uniform", "variance_scaling", "zero", "zeros",
]  # fmt: skip

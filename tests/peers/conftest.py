"""These tests need Keras 3 on JAX, and are not collected without them: pip install keras jax."""

import importlib.util
import os

os.environ.setdefault("KERAS_BACKEND", "jax")
peers = ("keras", "jax", "h5py")
collect_ignore_glob = [] if all(map(importlib.util.find_spec, peers)) else ["test_*.py"]

"""Names are imported when they are asked for: what was asked for first changes no answer."""

import importlib
import json
import pickle
import subprocess
import sys

MODULES = """
    activations backend callbacks config constraints datasets explanation initializers layers losses
    metrics models optimizers optimizers.schedules regularizers saving utils wrappers
""".split()  # noqa: SIM905
NOT_THERE = ["Dense", "Adam", "load_model", "SKLearnRegressor", "np_utils", "Densee", "Conv2D"]
MODELS = """
Sequential([Input((2,)), layers.Dense(3, 'relu'), Sequential([layers.Dropout(0.1)], name='inner')])
Model(x, layers.Dense(3, name='own')(x))
"""


def fresh():
    """Forget the library, as a new process would not know it."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "tinyneuron"]:
        del sys.modules[name]
    sys.meta_path[:] = [one for one in sys.meta_path if "tinyneuron" not in str(one)]


def models():
    """Return models as the library, imported whole, describes them."""
    import tinyneuron as keras
    from tinyneuron import layers

    names = {"Sequential": keras.Sequential, "Model": keras.Model, "Input": keras.Input}
    names |= {"layers": layers, "x": keras.Input((2,), name="x")}
    made = [eval(line, names) for line in MODELS.split("\n") if line]
    made[0].compile("adam", "mse", metrics=["mae"])
    return made


def answer(function, *arguments):
    """Return what comes of it, in words."""
    try:
        found = function(*arguments)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    config = found.get_config() if hasattr(found, "get_config") else found
    return f"{type(found).__name__}: {config}"


def answers(name, described, files):
    """Return what a public module says to all that it can be asked."""
    module = importlib.import_module(f"tinyneuron.{name}")
    importlib.import_module("tinyneuron._common.names").clear_session()
    said = {name: answer(getattr, module, name) for name in NOT_THERE if not hasattr(module, name)}
    tables = [own.table for own in vars(module).values() if type(own).__name__ == "Registry"]
    for name in [*(tables[0] if tables else []), "Sequential", "Functional", "nothing"]:
        for ask in ("get", "deserialize"):
            if hasattr(module, ask):
                said[f"{ask} {name}"] = answer(getattr(module, ask), name)
                config = {"class_name": name, "config": {}}
                said[f"{ask} {name} described"] = answer(getattr(module, ask), config)
    for config in described:
        for ask in ("deserialize", "model_from_json"):
            if hasattr(module, ask):
                given = json.loads(config) if ask == "deserialize" else config
                said[f"{ask} {config}"] = answer(getattr(module, ask), given)
    for file in files:
        if hasattr(module, "load_model"):
            said[f"load {file}"] = answer(module.load_model, file)
    return said


def test_what_was_imported_first_changes_no_answer(tmp_path):
    command = [sys.executable, "-W", "error", __file__, tmp_path]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stdout.split()) == (0, MODULES), done.stderr


def compare(folder):
    """Print the modules that say the same when they alone were imported as when all were."""
    made = models()
    described = [model.to_json() for model in made]
    pickled = pickle.dumps(made)
    files = [f"{folder}/{i}.npz" for i in range(len(made))]
    for model, file in zip(made, files, strict=True):
        model.save(file)
    for name in MODULES:
        importlib.import_module(f"tinyneuron.{name}")
    after = {name: answers(name, described, files) for name in MODULES}
    for name in MODULES:
        fresh()
        alone = answers(name, described, files)
        assert not {ask: (said, after[name][ask]) for ask, said in alone.items()
                    if said != after[name][ask]}  # fmt: skip
        print(name)
    fresh()
    assert [model.to_json() for model in pickle.loads(pickled)] == described


if __name__ == "__main__":
    compare(sys.argv[1])

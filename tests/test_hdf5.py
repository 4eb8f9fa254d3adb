"""HDF5: what Keras writes is read as h5py reads it, and whatever else a file claims is refused."""

import io
import struct
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tinyneuron as keras
from damage import remove_checksums, same_bits
from stress_files import refused_or_right
from tinyneuron import layers
from tinyneuron.saving import hdf5

h5py = pytest.importorskip("h5py")

KERAS_FILES = Path(__file__).parent / "data" / "keras"

names = st.text(st.characters(exclude_characters="/.\0", exclude_categories=["Cs"]), min_size=1)
dtypes = st.sampled_from(
    ["<f2", "<f4", "<f8", ">f4", ">f8", "i1", "<i4", "<i8", ">i2", "u1", "<u4", "<u8", "?"]
)
shapes = st.lists(st.integers(0, 4), max_size=3).map(tuple)
arrays = st.builds(
    lambda shape, dtype, seed: (
        (100 * np.random.default_rng(seed).normal(size=shape)).astype("i1").astype(dtype)
    ),
    shapes,
    dtypes,
    st.integers(0, 99),
)
trees = st.recursive(
    arrays,
    lambda inner: st.dictionaries(names, inner, max_size=8),
    max_leaves=12,
).filter(lambda tree: isinstance(tree, dict))
attributes = st.one_of(
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False),
    st.lists(st.text(st.sampled_from("abcä"), min_size=1), min_size=1, max_size=5),
    st.lists(st.binary(min_size=1, max_size=9).map(lambda part: part.hex().encode()), min_size=1),
    st.just([]),
)


def content_of(write):
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        write(file)
    return buffer.getvalue()


def put(tree, group):
    for name, value in tree.items():
        if isinstance(value, dict):
            put(value, group.create_group(name))
        else:
            group[name] = value


def assert_same(tree, group):
    assert set(group.links) == set(tree)
    for name, value in tree.items():
        if isinstance(value, dict):
            assert_same(value, hdf5.member(group, name))
        else:
            read = hdf5.numbers(group, name, value.shape)
            assert read.dtype == value.dtype.newbyteorder("=")
            np.testing.assert_array_equal(read, value)


@given(trees)
def test_what_h5py_writes_is_read(tree):
    assert_same(tree, hdf5.opened(content_of(lambda file: put(tree, file))))


@given(st.dictionaries(names, attributes, max_size=6))
def test_attributes_that_h5py_writes_are_read(values):
    read = hdf5.opened(content_of(lambda file: file.attrs.update(values))).attrs
    for name, value in values.items():
        if isinstance(value, list):
            value = [item.decode() if isinstance(item, bytes) else item for item in value]
            assert read.shape(name) == (len(value),)
        assert read[name] == value


def test_groups_and_attributes_of_many_blocks_are_read():
    def write(file):
        for i in range(1000):
            file[f"{i:x}"] = np.float32(i)
        for i in range(40):
            file.attrs[f"a{i}"] = str(i) * 2000

    group = hdf5.opened(content_of(write))
    assert len(group) == 1000
    for i in range(1000):
        assert hdf5.numbers(group, f"{i:x}", ()) == i
    for i in range(40):
        assert group.attrs[f"a{i}"] == str(i) * 2000


# What is refused ---------------------------------------------------------------------------------

ONE = np.ones((3, 4), np.float32)


def virtual(file):
    layout = h5py.VirtualLayout((3, 4), "f4")
    layout[...] = h5py.VirtualSource("other.h5", "k", (3, 4))
    file.create_virtual_dataset("k", layout)


@pytest.mark.parametrize(
    ("write", "message"),
    [
        (lambda file: file.create_dataset("k", data=ONE, chunks=(3, 4)), "chunks or compressed"),
        (lambda file: file.create_dataset("k", data=ONE, compression="gzip"), "or compressed"),
        (virtual, "chunks or compressed"),
        (lambda file: file.create_dataset("k", (3, 4), "f4", external="secret"), "another file"),
        (lambda file: file.create_dataset("k", (3, 4), "f4"), "48 bytes that the file does not"),
        (lambda file: file.create_dataset("k", (3, 4), "S8"), "is not an array of numbers"),
        (lambda file: file.create_dataset("k", data=ONE + 1j), "is not an array of numbers"),
        (lambda file: file.create_dataset("k", data=ONE.T), r"shape \(4, 3\), where \(3, 4\)"),
        (lambda file: file.create_dataset("k", data=h5py.Empty("f4")), "no shape"),
        (lambda file: file.create_group("k"), "is not an array of numbers"),
        (lambda file: None, "is not an array of numbers"),
        (lambda file: file.update(k=h5py.SoftLink("/other")), "a link to somewhere else"),
        (lambda file: file.update(k=h5py.ExternalLink("o.h5", "/")), "a link to somewhere else"),
        (lambda file: file.create_group("k", track_order=True), "another form than Keras writes"),
    ],
)
def test_what_keras_never_writes_is_refused(write, message):
    content = content_of(write)
    with pytest.raises(ValueError, match=message):
        hdf5.numbers(hdf5.opened(content), "k", (3, 4))


def test_many_links_with_names_beyond_ascii_are_refused():
    content = content_of(lambda file: file.update({f"ä{i}": ONE for i in range(9)}))
    with pytest.raises(ValueError, match="beyond ASCII"):
        hdf5.opened(content)


def test_newer_forms_are_refused():
    buffer = io.BytesIO()
    with h5py.File(buffer, "w", libver="latest") as file:
        file["k"] = ONE
    with pytest.raises(ValueError, match=r"another form \(superblock \d\) than Keras writes"):
        hdf5.opened(buffer.getvalue())


def test_what_many_links_lead_to_is_not_read_many_times():
    def write(file):
        file["0"] = np.zeros(100_000)
        for i in range(1, 400):
            file[str(i)] = file["0"]

    group = hdf5.opened(content_of(write))
    hdf5.numbers(group, "0", (100_000,))
    with pytest.raises(ValueError, match="'/1' is '/0' again"):
        hdf5.numbers(group, "1", (100_000,))


def test_a_string_that_is_named_many_times_is_not_read_many_times():
    def write(file):
        file.attrs.create("a", ["z" * 100_000] + ["y"] * 99, dtype=h5py.string_dtype())

    content = bytearray(content_of(write))
    reference = content.index(struct.pack("<I", 100_000))
    heap = struct.unpack_from("<Q", content, reference + 4)[0]
    assert content[heap : heap + 4] == b"GCOL"
    content[reference : reference + 1600] = content[reference : reference + 16] * 100
    with pytest.raises(ValueError, match="bytes that the file does not have"):
        hdf5.opened(bytes(content)).attrs["a"]


# Damage ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", sorted(KERAS_FILES.glob("*.h5")), ids=lambda path: path.name)
def test_zeroed_stretches_of_an_old_file_end_in_a_model_or_a_value_error(path, tmp_path):
    """The HDF5 library never came back from sixteen of them."""
    whole = path.read_bytes()
    model = keras.saving.load_model(path.with_name(path.name.split(".")[0] + ".keras"))
    damaged = tmp_path / path.name
    for start in range(0, len(whole), 512):
        damaged.write_bytes(whole[:start] + bytes(512) + whole[start + 512 :])
        message = damaged.name
        try:
            if path.name.endswith(".weights.h5"):
                model.load_weights(damaged)
            else:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")  # of a state that is left out
                    keras.saving.load_model(damaged)
        except ValueError as error:
            message = str(error)
        assert damaged.name in message


@pytest.fixture(scope="module")
def model():
    model = keras.Sequential([keras.Input((3,)), layers.Dense(4, "tanh"), layers.Dense(4)])
    model.compile("adam", "mse")
    model.fit(np.ones((4, 3)), np.ones((4, 4)), verbose=0)
    return model


@pytest.fixture(scope="module")
def weights_file(model, tmp_path_factory):
    path = tmp_path_factory.mktemp("damage") / "m.weights.h5"
    model.save_weights(path)
    return path, path.read_bytes(), keras.Sequential.from_config(model.get_config())


@settings(max_examples=8 * settings().max_examples)
@given(st.data())
def test_damaged_weights_of_ours_are_noticed(model, weights_file, data):
    path, whole, other = weights_file
    content = bytearray(whole)
    at = data.draw(st.integers(0, len(content) - 1))
    stretch = data.draw(st.binary(min_size=1, max_size=16))
    content[at : at + len(stretch)] = stretch
    path.write_bytes(content)
    before = [np.full_like(weight, 7) for weight in other.get_weights()]
    other.set_weights(before)
    try:
        other.load_weights(path)
        assert same_bits(other, model)
    except ValueError:
        for mine, was in zip(other.get_weights(), before, strict=True):
            np.testing.assert_array_equal(mine, was)


def test_changed_numbers_are_refused_until_the_checksum_goes(model, tmp_path):
    path = tmp_path / "m.weights.h5"
    model.save_weights(path)
    with h5py.File(path, "a") as file:
        file["layers/dense/vars/1"][...] = 7
    other = keras.Sequential.from_config(model.get_config())
    with pytest.raises(
        ValueError, match=r"'/layers/dense/vars/1' is damaged.*attribute 'checksum'"
    ):
        other.load_weights(path)
    with h5py.File(path, "a") as file:
        del file["layers/dense/vars/1"].attrs["checksum"]
    with pytest.raises(ValueError, match=r"its checksum is missing"):
        other.load_weights(path)
    with h5py.File(path, "a") as file:
        remove_checksums(file)
    other.load_weights(path)
    np.testing.assert_array_equal(other.get_weights()[1], [7, 7, 7, 7])


def test_a_damaged_keras_file_is_refused_or_right(model, tmp_path):
    path = tmp_path / "m.keras"
    model.save(path)
    whole = path.read_bytes()
    for start in range(0, len(whole), 64):
        content = whole[:start] + b"\xff" * 8 + whole[start + 8 :]
        refused_or_right(content, tmp_path / "damaged.keras", model)


def test_a_state_that_is_lost_from_a_file_of_ours_is_noticed(model, tmp_path):
    path = tmp_path / "m.h5"
    model.save(path)
    path.write_bytes(path.read_bytes().replace(b"optimizer_weights\0", b"optimizer_weighty\0"))
    with pytest.raises(ValueError, match="lacks the optimizer's state"):
        keras.saving.load_model(path)

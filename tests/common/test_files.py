"""Files are there whole or not at all, and what killed writers leave does not pile up."""

import os
import subprocess
import sys

import pytest

from tinyneuron._common.files import replacing

posix = pytest.mark.skipif(os.name != "posix", reason="file locks and modes of POSIX")


def write(path, content, **options):
    with replacing(path, **options) as file:
        file.write(content)


def die_while_writing(*paths):
    code = (
        "import os, sys\n"
        "from tinyneuron._common.files import replacing\n"
        "with replacing(sys.argv[1]) as one, replacing(sys.argv[2]) as other:\n"
        "    for file in (one, other):\n"
        "        file.write(b'half')\n"
        "        file.flush()\n"
        "    os._exit(9)\n"
    )
    assert subprocess.run([sys.executable, "-c", code, *paths], check=False).returncode == 9


@posix
@pytest.mark.parametrize("name", ["file", "x" * 255, "[a]*?"])
def test_the_next_file_removes_what_a_dead_writer_left(tmp_path, name):
    path = tmp_path / name
    write(path, b"old")
    die_while_writing(path, tmp_path / "another")
    assert len(os.listdir(tmp_path)) == 3
    assert path.read_bytes() == b"old"
    write(path, b"new")
    assert path.read_bytes() == b"new"
    assert len(os.listdir(tmp_path)) == 2  # another's leftover waits for the next of that name
    write(tmp_path / "another", b"")
    assert sorted(os.listdir(tmp_path)) == sorted([name, "another"])


def test_writers_at_work_leave_each_other_alone(tmp_path):
    path = tmp_path / "file"
    with replacing(path) as first:
        first.write(b"first")
        write(path, b"second")
        assert path.read_bytes() == b"second"
    assert path.read_bytes() == b"first"
    assert os.listdir(tmp_path) == ["file"]


@posix
def test_a_read_only_file_stays_as_it_was(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"old")
    path.chmod(0o444)
    with pytest.raises(PermissionError, match=r"'.*file' is read-only"):
        write(path, b"new")
    assert path.read_bytes() == b"old"
    assert path.stat().st_mode & 0o777 == 0o444
    assert os.listdir(tmp_path) == ["file"]


@posix
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o666])
def test_a_new_file_has_the_mode_of_the_old(tmp_path, mode):
    path = tmp_path / "file"
    path.write_bytes(b"old")
    path.chmod(mode)
    write(path, b"new")
    assert path.stat().st_mode & 0o777 == mode


@posix
def test_the_folder_is_written_to_disk_after_the_file_has_moved(tmp_path, monkeypatch):
    synced = []
    sync = os.fsync

    def record(descriptor):
        synced.append((os.fstat(descriptor).st_ino, (tmp_path / "file").exists()))
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", record)
    write(tmp_path / "file", b"new")
    folder = (tmp_path.stat().st_ino, True)
    assert synced == [((tmp_path / "file").stat().st_ino, False), folder]

"""The cases of fuzz_api.py, chosen by coverage: bytes that reach new branches are varied further.

This needs atheris (pip install atheris), and goes on until it finds a complaint or is stopped:

python tools/fuzz_guided.py -max_total_time=600
"""

import sys

import atheris
from hypothesis import given

with atheris.instrument_imports(include=["tinyneuron"]):
    import fuzz_api


@given(fuzz_api.cases())
def search(case):
    """Stop at the first case that is answered neither with a result nor with a good error."""
    outcome = fuzz_api.run(*case)
    assert not outcome.startswith("COMPLAINT"), outcome


def main():
    """Vary bytes for as long as the command line says."""
    atheris.Setup(sys.argv, search.hypothesis.fuzz_one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main()

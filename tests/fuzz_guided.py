"""The cases of test_fuzz.py, chosen by coverage: bytes that reach new branches are varied further.

This needs atheris (pip install atheris), and goes on until it finds a complaint or is stopped:

python tests/fuzz_guided.py -max_total_time=600
"""

import sys

import atheris

with atheris.instrument_imports(include=["tinyneuron"]):
    import test_fuzz


def main():
    search = test_fuzz.test_strange_arguments_have_a_result_or_an_error_of_our_own
    atheris.Setup(sys.argv, search.hypothesis.fuzz_one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main()

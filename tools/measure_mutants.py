"""Mutation testing: does a test fail when one line of the library is wrong?

A mutant is the library with one small mistake: a < in place of <=, a minus in place of a plus, a
number one larger, a condition turned round, a keyword or a statement left out. The tests that run
the line, the fastest first, must notice it; those that notice nothing survive, and are listed.

python tools/measure_mutants.py losses optimizers --jobs 2
"""

import argparse
import ast
import itertools
import json
import multiprocessing
import os
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import coverage
import h5py  # noqa: F401  (with the next one, found ready by each child)
import matplotlib.pyplot  # noqa: F401
import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = Path("src/tinyneuron")
SECONDS = 12  # of tests for each mutant
LEFT_OUT = ["benchmarks", "concurrency", "docs", "endurance", "examples", "notebook", "playground"]

# The mistakes ----------------------------------------------------------------------------------

OTHER = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.Pow: ast.Mult,
    ast.FloorDiv: ast.Div, ast.Mod: ast.Div, ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr,
    ast.And: ast.Or, ast.Or: ast.And, ast.Break: ast.Continue, ast.Continue: ast.Break,
}  # fmt: skip


def mistakes(node):
    """Yield what could stand in the place of a node."""
    match node:
        case ast.Compare(left, [op], right) if type(op) in OTHER:
            yield ast.Compare(left, [OTHER[type(op)]()], right)
        case ast.BinOp(left, op, right) if type(op) in OTHER:
            yield ast.BinOp(left, OTHER[type(op)](), right)
        case ast.AugAssign(target, op, value):
            if type(op) in OTHER:
                yield ast.AugAssign(target, OTHER[type(op)](), value)
            yield ast.Pass()
        case ast.BoolOp(op, values):
            yield ast.BoolOp(OTHER[type(op)](), values)
        case ast.UnaryOp(ast.Not() | ast.USub(), operand):
            yield operand
        case ast.Break() | ast.Continue():
            yield OTHER[type(node)]()
        case ast.If(test, body, orelse):
            yield ast.If(ast.UnaryOp(ast.Not(), test), body, orelse)
        case ast.IfExp(test, body, orelse):
            yield ast.IfExp(test, orelse, body)
        case ast.Constant(bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(int(value) | float(value)):
            yield ast.Constant(value + 1)
        case ast.Constant(str(value)):
            yield ast.Constant("?" if value != "?" else "")
        case ast.Assign(targets, value) if not isinstance(value, ast.Constant):
            yield ast.Assign(targets, ast.Constant(None), lineno=node.lineno)
        case ast.Return(value) if not isinstance(value, ast.Constant | None):
            yield ast.Return(ast.Constant(None))
        case ast.Raise() | ast.Expr(ast.Call()):
            yield ast.Pass()
        case ast.Call(func, args, keywords):
            for keyword in keywords:
                if keyword.arg not in ("strict", "stacklevel", None):
                    yield ast.Call(func, args, [other for other in keywords if other != keyword])


NOT_READ = {"annotation", "returns", "decorator_list", "exc"}  # types, and the words of errors


def places(node, scope):
    """Yield (list or node, index or field, node there, lines of its scope) for all below."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        scope = range(node.lineno, node.end_lineno + 1)
    for field, value in ast.iter_fields(node):
        if field in NOT_READ:
            continue
        holder, keys = (value, range(len(value))) if isinstance(value, list) else (node, [field])
        for key in keys:
            child = holder[key] if holder is value else value
            is_docstring = isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)
            if isinstance(child, ast.AST) and not is_docstring:
                yield holder, key, child, scope
                yield from places(child, scope)


def put(holder, key, node):
    if isinstance(holder, list):
        holder[key] = node
    else:
        setattr(holder, key, node)


def mutants(source):
    """Yield (lines, their scope, what was changed, the new source)."""
    tree = ast.parse(source)
    for holder, key, child, scope in list(places(tree, range(source.count("\n") + 1))):
        for mistake in mistakes(child):
            put(holder, key, mistake)
            lines = range(child.lineno, child.end_lineno + 1)
            before, after = (ast.unparse(node).split("\n")[0] for node in (child, mistake))
            yield lines, scope, f"{before}  ->  {after}", ast.unparse(tree)
            put(holder, key, child)


# The tests -------------------------------------------------------------------------------------


class Watch:
    """Notes each test's seconds, and lets coverage say which lines it runs."""

    def __init__(self, measured):
        self.measured, self.seconds = measured, {}

    def pytest_runtest_setup(self, item):
        self.measured.switch_context(item.nodeid)

    def pytest_runtest_logreport(self, report):
        if report.passed:
            self.seconds[report.nodeid] = self.seconds.get(report.nodeid, 0) + report.duration
        else:
            self.seconds[report.nodeid] = float("inf")


def run_pytest(arguments, plugins=()):
    return pytest.main([*arguments, "-q", "-p", "no:cacheprovider"], list(plugins))


def in_a_child(function, *arguments, seconds=0):
    """Return whether the function returned 0 in a process of its own, in silence."""
    child = os.fork()
    if not child:
        signal.alarm(seconds)  # an endless loop is noticed as well
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        os._exit(function(*arguments))
    return os.waitpid(child, 0)[1] == 0


def measure(folder, file):
    """Write which tests run which lines of the package, and how long each takes."""
    enter(folder)
    measured = coverage.Coverage(data_file=None, include=[f"{PACKAGE}/*"], config_file=False)
    watch = Watch(measured)
    measured.start()
    left_out = [f"--ignore=tests/test_{name}.py" for name in LEFT_OUT]
    run_pytest(["src", "tests", *left_out], [watch])
    measured.stop()
    data = measured.get_data()
    lines = {
        str(Path(path).relative_to(Path.cwd())): {
            line: [test for test in tests if test in watch.seconds or not test]
            for line, tests in data.contexts_by_lineno(path).items()
        }
        for path in data.measured_files()
    }
    file.write_text(json.dumps([watch.seconds, lines]))
    return 0


def enter(folder):
    os.chdir(folder)
    sys.path.insert(0, str(Path("src").resolve()))


def start_worker(folders):
    sys.dont_write_bytecode = True  # a mutant's would be taken for the library's
    enter(folders.get())


def survives(case):
    """Say whether no test notices the mutant."""
    path, source, tests = case
    original = path.read_text()
    cache = path.parent / "__pycache__" / f"{path.stem}.{sys.implementation.cache_tag}.pyc"
    cache.unlink(missing_ok=True)
    path.write_text(source)
    try:
        return in_a_child(run_pytest, [*tests, "-x"], seconds=5 * SECONDS)
    finally:
        path.write_text(original)


def chosen(lines, scope, tests, seconds):
    """Return the tests that run the lines, the fastest first, as many as there is time for.

    What is run at import as well, for no test in particular, may be noticed by any of the module.
    """
    total, found = 0.0, {}
    for place in (lines, scope, map(int, tests)):
        near = {test for line in place for test in tests.get(str(line), ())}
        for test in sorted(near & seconds.keys(), key=seconds.get):
            total += seconds[test]
            if total < SECONDS:
                found[test] = None
        if near and "" not in near:
            break
    return list(found)


def files_of(module):
    """Return the module's file, or the files of a package, from the root on."""
    path = ROOT / PACKAGE / module
    found = sorted(path.rglob("*.py")) if path.is_dir() else [path.with_suffix(".py")]
    return [file.relative_to(ROOT) for file in found]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("modules", nargs="+", help="such as losses, layers/dense, config")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--every", type=int, default=1, help="try only each so many-th mutant")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        first, *others = copies = [Path(folder) / str(i) for i in range(options.jobs)]
        for name in ("src", "tests", "tools"):
            shutil.copytree(ROOT / name, first / name, ignore=shutil.ignore_patterns("*.pyc"))
        for name in ("pyproject.toml", "README.md", "docs", "examples", "benchmarks"):
            (first / name).symlink_to(ROOT / name)
        measures = Path(folder) / "measures.json"
        in_a_child(measure, first, measures)
        seconds, lines = json.loads(measures.read_text())
        failed = [test for test, duration in seconds.items() if duration == float("inf")]
        print(f"{len(seconds)} tests, {sum(seconds.values()):.0f} s; failing: {failed}", flush=True)
        for copy in others:
            shutil.copytree(first, copy, symlinks=True)

        cases, where = [], []
        for path in itertools.chain.from_iterable(map(files_of, options.modules)):
            found = mutants((ROOT / path).read_text())
            for own, scope, change, source in itertools.islice(found, 0, None, options.every):
                tests = chosen(own, scope, lines.get(str(path), {}), seconds)
                cases.append((path, source, tests))
                where.append(f"{path}:{own[0]}: {change}  ({len(tests)} tests)")
        print(f"{len(cases)} mutants", flush=True)
        start, score = time.monotonic(), Counter()
        context = multiprocessing.get_context("fork")
        folders = context.SimpleQueue()
        for copy in copies:
            folders.put(copy)
        with context.Pool(options.jobs, start_worker, [folders]) as pool:
            results = pool.imap(survives, cases)
            for (path, _, tests), place, survived in zip(cases, where, results, strict=True):
                survived = survived or not tests
                score[path, survived] += 1
                if survived:
                    print(place, flush=True)
        print(f"{time.monotonic() - start:.0f} s")
        for path in dict.fromkeys(path for path, _ in score):
            killed, alive = score[path, False], score[path, True]
            print(f"{path}: {killed} of {killed + alive} noticed, {killed / (killed + alive):.1%}")


if __name__ == "__main__":
    main()

"""Measure tinyneuron beside NumPy by hand, scikit-learn, PyTorch, ONNX Runtime, JAX and Keras.

    python -m benchmarks --save results

The report goes to stdout, progress to stderr. Peers that are not installed are left out.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import fresh, memory, report
from benchmarks.peers import PEERS
from benchmarks.rounds import Processes, measure
from benchmarks.workloads import FIRST, WORKLOADS, growing

QUICK_WORKS = [work.name for work in WORKLOADS]
TABLE_WORKS = ["import", "load", *QUICK_WORKS, *(work.name for work in FIRST)]
WORKS = [*TABLE_WORKS, "growth", "memory"]
GROWING_PEERS = ("tinyneuron", "hand", "torch")
SLOW_TO_START = "torch-compile"
START = time.perf_counter()


def parse_arguments():
    """Return the options, with what --quick changes filled in."""
    names = [peer.name for peer in PEERS]
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=__doc__.split("\n\n")[0],
        epilog=f"WORK: {', '.join(WORKS)}. PEER: {', '.join(names)}.",
    )
    parser.add_argument(
        "--quick",
        action="store_true",
        help=f"3 rounds, and only {QUICK_WORKS[0]} to {QUICK_WORKS[-1]}",
    )
    parser.add_argument(
        "--table", action="store_true", help="all works but growth and memory, 7 rounds"
    )
    parser.add_argument("--only", nargs="+", choices=WORKS, metavar="WORK", help="these works")
    parser.add_argument("--peers", nargs="+", choices=names, metavar="PEER", help="these peers")
    parser.add_argument("--rounds", type=int, help="15 by default")
    parser.add_argument("--save", type=Path, metavar="DIR", help="write results and pictures here")
    options = parser.parse_args()
    if options.rounds is None:
        options.rounds = 3 if options.quick else 7 if options.table else 15
    elif options.rounds < 1:
        parser.error("--rounds must be at least 1")
    default = QUICK_WORKS if options.quick else TABLE_WORKS if options.table else WORKS
    options.only = options.only or default
    options.seconds = 0.02 if options.quick else 0.1  # of a turn, at least
    return options


def say(text):
    """Tell how far it is, and for how many seconds it has run."""
    print(f"{time.perf_counter() - START:5.0f} s  {text}", file=sys.stderr, flush=True)


def choose_peers(options):
    """Return the peers to measure, and a line for each one that is left out."""
    chosen, left_out = [], []
    for peer in PEERS:
        missing = [name for name, version in peer.versions().items() if version is None]
        if options.peers and peer.name not in options.peers:
            continue
        if missing:
            left_out.append(f"{peer.title}: {', '.join(missing)} not installed")
        elif (options.quick or options.table) and not options.peers and peer.name == SLOW_TO_START:
            left_out.append(f"{peer.title}: slow to compile, so not in short runs")
        else:
            chosen.append(peer)
    return chosen, left_out


def run(options):
    """Measure; return all of it as one dictionary."""
    peers, left_out = choose_peers(options)
    titles = {peer.name: peer.title for peer in peers}
    results = {
        "facts": report.facts(peers),
        "rounds": options.rounds,
        "titles": titles,
        "works": [],
        "growth": [],
        "memory": [],
        "left_out": left_out,
    }
    with Processes(peers) as processes:
        say("starting the peers")
        started, failures = processes.ask_all(list(titles), "start")
        left_out += [f"{titles[name]}: {why}" for name, why in failures.items()]
        peers = [peer for peer in peers if peer.name in started]
        for section, work, (measured, failures) in measurements(options, peers, processes):
            results[section].append(work | {"peers": measured})
            left_out += [
                f"{titles[name]}, {work['title']}: {why}" for name, why in failures.items()
            ]
    if "memory" in options.only:
        say("memory")
        with tempfile.TemporaryDirectory() as folder:
            sizes = (16, 64) if options.quick else (64, 256, 1024)
            results["memory"] = memory.measure(list(started), sizes, folder)
    return results


def measurements(options, peers, processes):
    """Yield each work's section in the report, its description, and what was measured."""
    wanted, names = options.only, [peer.name for peer in peers]
    if "import" in wanted:
        say("import")
        about = {"name": "import", "title": "import"}
        yield "works", about, fresh.measure_imports(peers, options.rounds)
    if "load" in wanted:
        say("load")
        about = {"name": "load", "title": "load 784-128-10, predict a row"}
        yield "works", about, fresh.measure_loads(peers, processes, options.rounds)
    for work in [*WORKLOADS, *FIRST]:
        if work.name in wanted:
            say(work.name)
            if work in FIRST:
                measured = fresh.measure_first(peers, work, options.rounds)
            else:
                measured = measure(processes, names, work, options.rounds, options.seconds)
            yield "works", {"name": work.name, "title": work.title}, measured
    if "growth" in wanted:
        names = [name for name in names if name in GROWING_PEERS]
        for axis, size, work in growing(options.quick):
            say(work.name)
            measured = measure(processes, names, work, min(5, options.rounds), 0.02)
            about = {"title": work.title, "axis": axis, "size": size, "kind": work.kind}
            yield "growth", about, measured


def main():
    """Measure, report, and save if asked."""
    options = parse_arguments()
    results = run(options)
    text = report.as_markdown(results)
    print(text, end="")
    if options.save:
        options.save.mkdir(parents=True, exist_ok=True)
        (options.save / "results.json").write_text(json.dumps(results, indent=1))
        (options.save / "table.md").write_text(text)
        try:
            from benchmarks import pictures
        except ImportError:
            say("no pictures: matplotlib is not installed")
        else:
            for path in pictures.save(results, options.save):
                say(f"wrote {path}")


if __name__ == "__main__":
    main()

"""Measure tinyneuron beside NumPy by hand, scikit-learn, PyTorch, JAX and Keras.

    python -m benchmarks --save results

Progress goes to stderr, the report to stdout. Peers that are not installed are left out.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from benchmarks import fresh, memory, report
from benchmarks.peers import PEERS
from benchmarks.rounds import Peers, measure
from benchmarks.workloads import WORKLOADS, growing

OTHER_WORKS = ["import", "load", "growth", "memory"]
GROWING_PEERS = ("tinyneuron", "hand", "torch")
SLOW_TO_START = "torch-compile"


def parse_arguments():
    """Return the options, with the defaults that --quick changes filled in."""
    works = [*OTHER_WORKS[:2], *(workload.name for workload in WORKLOADS), *OTHER_WORKS[2:]]
    names = [peer.name for peer in PEERS]
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=__doc__.split("\n\n")[0],
        epilog=f"works: {', '.join(works)}. peers: {', '.join(names)}.",
    )
    parser.add_argument("--quick", action="store_true", help="few rounds, short turns, fewer sizes")
    parser.add_argument("--only", nargs="+", choices=works, metavar="WORK", default=works)
    parser.add_argument("--peers", nargs="+", choices=names, metavar="PEER")
    parser.add_argument("--rounds", type=int, help="15 by default, 3 with --quick")
    parser.add_argument("--save", type=Path, metavar="DIR", help="write results and pictures here")
    options = parser.parse_args()
    options.rounds = options.rounds or (3 if options.quick else 15)
    options.seconds = 0.02 if options.quick else 0.1  # of a turn, at least
    return options


def say(text):
    """Tell how far it is."""
    print(text, file=sys.stderr, flush=True)


def chosen_peers(options):
    """Return the peers to measure, and a line for each one that is left out."""
    chosen, left_out = [], []
    for peer in PEERS:
        missing = [name for name, version in peer.versions().items() if version is None]
        if options.peers and peer.name not in options.peers:
            continue
        if missing:
            left_out.append(f"{peer.title}: {', '.join(missing)} not installed")
        elif options.quick and not options.peers and peer.name == SLOW_TO_START:
            left_out.append(f"{peer.title}: takes minutes to compile, so --quick leaves it out")
        else:
            chosen.append(peer)
    return chosen, left_out


def run(options):
    """Measure; return all of it as one dictionary."""
    peers, left_out = chosen_peers(options)
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

    def keep(place, measured, title, **more):
        found, failures = measured
        if found:
            results[place].append({"title": title, "peers": found, **more})
        results["left_out"] += [
            f"{titles[name]} at {title}: {why}" for name, why in failures.items()
        ]

    with Peers(peers) as processes:
        if set(options.only) != {"import"}:
            say("starting the peers")
            started, failures = processes.ask_all(list(titles), "start")
            results["left_out"] += [f"{titles[name]}: {why}" for name, why in failures.items()]
            peers = [peer for peer in peers if peer.name in started]
        names = [peer.name for peer in peers]
        if "import" in options.only:
            say("import")
            keep("works", fresh.measure_imports(peers, options.rounds), "import")
        if "load" in options.only:
            say("load")
            loaded = fresh.measure_loads(peers, processes, options.rounds)
            keep("works", loaded, "load 784-128-10, predict a row")
        for workload in WORKLOADS:
            if workload.name in options.only:
                say(workload.name)
                measured = measure(processes, names, workload, options.rounds, options.seconds)
                keep("works", measured, workload.title)
        if "growth" in options.only:
            grown = [name for name in names if name in GROWING_PEERS]
            for axis, works in growing(options.quick).items():
                for size, workload in works:
                    say(workload.name)
                    measured = measure(processes, grown, workload, min(5, options.rounds), 0.02)
                    keep(
                        "growth", measured, workload.title, axis=axis, size=size, kind=workload.kind
                    )
        if "memory" in options.only:
            say("memory")
            with tempfile.TemporaryDirectory() as folder:
                sizes = (16, 64) if options.quick else (64, 256, 1024)
                results["memory"] = memory.measure(names, sizes, folder)
    return results


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

"""What was measured, as Markdown."""

from __future__ import annotations

import os
import platform
from pathlib import Path

import numpy as np

import tinyneuron
from benchmarks.workloads import GOALS

SETTINGS = (
    "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_CORETYPE",
    "OPENBLAS_L2_SIZE", "PYTHONDONTWRITEBYTECODE",
)  # fmt: skip


def facts(peers):
    """Return what the figures depend on: {what: which}."""
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    settings = [f"{name}={os.environ[name]}" for name in SETTINGS if name in os.environ]
    versions = {name: number for peer in peers for name, number in peer.versions().items()}
    return {
        "processor": _processor(),
        "cores": _cores(),
        "settings": ", ".join(settings) or "each library's default",
        "load before": f"{os.getloadavg()[0]:.2f}",
        "system": f"{platform.system()} {platform.machine()}",
        "Python": platform.python_version(),
        "NumPy": np.__version__,
        "tinyneuron": tinyneuron.__version__,
        "BLAS": f"{blas['name']} {blas['version']}",
        **{name.split("|")[-1]: number for name, number in versions.items() if name != "numpy"},
    }


def _processor():
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or "unknown"


def _cores():
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count()


def as_markdown(results):
    """Return the whole report: facts, ratios, times, growth, memory, and who is left out."""
    parts = [
        "# tinyneuron and others, measured",
        f"{results['rounds']} rounds. "
        + ", ".join(f"{what} {which}" for what, which in results["facts"].items()),
    ]
    if results["works"]:
        parts += [*_goals(results), *_ratios(results), *_times(results)]
    if results["growth"]:
        parts += _growth(results)
    if results["memory"]:
        parts += _memory(results["memory"])
    if results["left_out"]:
        parts += ["## Left out", "\n".join(f"- {line}" for line in results["left_out"])]
    return "\n\n".join(parts) + "\n"


def _ratios(results):
    titles = results["titles"]
    others = [name for name in titles if name != "tinyneuron"]
    rows = []
    for work in results["works"]:
        peers = work["peers"]
        if "tinyneuron" not in peers:
            continue
        ratios = [f"{ratio(work, name):.2f}" if name in peers else "" for name in others]
        rows.append([work["title"], as_time(np.median(peers["tinyneuron"]["seconds"])), *ratios])
    if not rows:
        return []
    return [
        "## Times tinyneuron's",
        "The time of each peer, divided by tinyneuron's in the same round: the median of these "
        "ratios. Above 1, tinyneuron is faster.",
        table(["", "tinyneuron", *(titles[name] for name in others)], rows),
    ]


def _goals(results):
    works = {work["name"]: work for work in results["works"]}
    rows = []
    for name, goal in GOALS.items():
        beside = works.get(goal.work or name)
        if name not in works or not beside or goal.peer not in beside["peers"]:
            continue
        ours, theirs = (
            np.array(work["peers"][peer]["seconds"])
            for work, peer in ((works[name], "tinyneuron"), (beside, goal.peer))
        )
        median = np.median(ours) / np.median(theirs) if goal.work else np.median(ours / theirs)
        title = beside["title"] if goal.work else results["titles"][goal.peer]
        least = ours.min() / theirs.min()
        row = [f"{median:.2f}", f"{least:.2f}", f"{goal.at_most:.2f}", title]
        rows.append([works[name]["title"], *row])
    if not rows:
        return []
    return [
        "## Goals",
        "What tinyneuron takes in times of what is beside it: the median of the rounds' ratios, "
        "the ratio of the least times, and the goal.",
        table(["", "median", "of the least", "at most", "times"], rows),
    ]


def ratio(work, name):
    """Return the median over the rounds of the peer's time in tinyneuron's."""
    seconds = {peer: np.array(work["peers"][peer]["seconds"]) for peer in (name, "tinyneuron")}
    return np.median(seconds[name] / seconds["tinyneuron"])


def _times(results):
    rows = []
    for work in results["works"]:
        for name, measured in work["peers"].items():
            low, middle, high = np.quantile(measured["seconds"], [0.25, 0.5, 0.75])
            times = as_time(middle), f"{as_time(low)} to {as_time(high)}"
            rows.append([work["title"], results["titles"][name], *times, _way(measured["ways"])])
    return [
        "## Times",
        "The median and the quartiles of the rounds. Where a library offers several ways, the one "
        "that was timed comes first, then what the others took when it was chosen.",
        table(["work", "", "median", "quartiles", "way"], rows),
    ]


def _way(ways):
    """Return the fastest, and the others with their times."""
    if not ways:
        return ""
    fastest, *others = sorted(ways, key=ways.get)
    slower = ", ".join(f"{way}: {as_time(ways[way])}" for way in others)
    return f"{fastest} ({slower})" if others else fastest


def _growth(results):
    rows = [
        [axis, kind, results["titles"][name], f"{slope(points):.2f}"]
        for (axis, kind), peers in curves(results["growth"]).items()
        for name, points in peers.items()
    ]
    return [
        "## Growth",
        "The exponent p where time ~ size^p, from the upper half of the sizes. The work grows as "
        "rows^1, width^2 and depth^1.",
        table(["size", "work", "", "exponent"], rows),
    ]


def curves(growth):
    """Return {(axis, kind): {name: [(size, median seconds), ...]}}."""
    found = {}
    for work in growth:
        for name, measured in work["peers"].items():
            peers = found.setdefault((work["axis"], work["kind"]), {})
            peers.setdefault(name, []).append((work["size"], np.median(measured["seconds"])))
    return found


def slope(points):
    """Return the slope of log time over log size, by least squares over the larger half."""
    sizes, seconds = np.log(np.array(points[len(points) // 2 :], float).T)
    return np.polyfit(sizes, seconds, 1)[0] if len(sizes) > 1 else np.nan


def _memory(memory):
    rows = [
        [f"{case['work']}, {case['peer']}", str(case["file"])]
        + [f"{case[column]:.1f}" for column in ("output", "extra", "resident")]
        for case in memory
    ]
    return [
        "## Memory",
        "In MiB, over a file that is mapped: the file, the output, the most that arrays took "
        "beyond the output, and the growth of the resident memory, which counts the pages of the "
        "file that happen to be there.",
        table(["", "file", "output", "extra", "resident"], rows),
    ]


def as_time(seconds):
    """Return three digits and a unit."""
    units = (("s", 1), ("ms", 1e-3), ("µs", 1e-6))
    unit, size = next((pair for pair in units if seconds >= pair[1]), units[-1])
    return f"{seconds / size:#.3g} {unit}".replace(". ", " ")


def table(head, rows):
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)

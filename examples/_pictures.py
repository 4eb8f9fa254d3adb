"""What the examples share: their options, and their pictures, which are saved, shown or left out.

An example's `draw` returns figures by name. It is called if pictures are asked for, and only then
matplotlib is needed.
"""

import argparse
from contextlib import contextmanager
from pathlib import Path


def parse_arguments(doc, seed=1, shows=False, **numbers):
    """Return the command line's options: --save, --show, --seed, and other `numbers`.

    An example that is nothing but a window `shows` it also where no option says so.
    """
    parser = argparse.ArgumentParser(description=doc.split("\n")[0])
    parser.add_argument("--save", type=Path, metavar="DIR", help="save the pictures there")
    parser.add_argument("--show", action="store_true", help="show the pictures in windows")
    default = "none" if seed is None else seed
    parser.add_argument(
        "--seed", type=int, default=seed, help=f"of the random numbers (default {default})"
    )
    for name, default in numbers.items():
        parser.add_argument(f"--{name}", type=int, default=default, help=f"(default {default:,})")
    options = parser.parse_args()
    options.show = options.show or (shows and not options.save)
    if options.save or options.show:
        set_up_matplotlib(options.show)  # what is missing is told before the work, not after it
    return options


def set_up_matplotlib(show):
    """Choose the library's style, and a backend that needs no display unless it is to show."""
    with extra("plot"):
        import matplotlib.pyplot as plt
    import tinyneuron.plotting  # noqa: F401 registers the style

    if not show:
        plt.switch_backend("Agg")
    elif plt.get_backend().lower() == "agg":
        raise SystemExit("There is no display to show pictures on: --save DIR saves them.")
    plt.style.use("tinyneuron")


@contextmanager
def extra(names):
    """Say which of the library's extras to install where the block fails to import one."""
    try:
        yield
    except ImportError as error:
        raise SystemExit(f'{error}. It comes with pip install -e ".[{names}]"') from None


def make_pictures(options, draw, *arguments):
    """Draw, save and show the pictures as the options say; without any, say how to see them."""
    if not (options.save or options.show):
        print("\nTo see the pictures: --save DIR saves them, --show opens windows.")
        return
    figures = draw(*arguments)
    if options.save:
        options.save.mkdir(parents=True, exist_ok=True)
        for name, figure in figures.items():
            path = options.save / f"{name}.png"
            figure.savefig(path)
            print(f"saved {path}")
    if options.show:
        import matplotlib.pyplot as plt

        plt.show()

"""What all the rest uses, and what knows nothing of it: arguments, names, arrays, settings."""

VERSION = "0.1.0"

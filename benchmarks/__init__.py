"""How fast is tinyneuron? Measured beside NumPy by hand and the frameworks; see README.md here."""

"""Makes the documentation's site: `make docs`, which is `python -m website` in docs/."""

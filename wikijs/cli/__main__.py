"""`python -m wikijs.cli`: the same as `wikijs`."""

from . import main

main()

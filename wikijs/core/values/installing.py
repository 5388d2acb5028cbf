"""The line for pip that brings an extra.

Where the package is installed, from a checkout, a file or an index, its name is enough: pip and uv take what is there
for the package and bring what the extra adds, without looking for it elsewhere. Where it is only on the path of a
checkout, the line names the checkout.
"""

from __future__ import annotations


def pip_line(*extras: str) -> str:
    """The command that brings extras, such as `pip install "py-wikijs[cli]"`.

    Args:
        extras: Names of extras.
    """
    from importlib.metadata import PackageNotFoundError, distribution
    from pathlib import Path

    what = "py-wikijs"
    try:
        distribution(what)
    except PackageNotFoundError:
        checkout = Path(__file__).parents[3]
        if (checkout / "pyproject.toml").is_file():
            what = str(checkout)
    return f'pip install "{what}[{",".join(extras)}]"'

"""The tools that an assistant is offered. Their docstrings are what it reads."""

"""Commands for the settings of a wiki."""

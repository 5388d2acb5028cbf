"""What every command stands on: session, options, output, errors, progress."""

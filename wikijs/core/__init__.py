"""The machine room: operation values, flows, engine, replies, batching, tokens, settings, journal, results."""

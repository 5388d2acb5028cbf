"""Existing engines as endpoints: Redis streams, NATS JetStream, Kafka, a Svix server.

They are fed by the same queue as endpoints over HTTP, in the same order and with the same retries, so the store stays
what counts. Bodies are CloudEvents 1.0 in JSON.
"""

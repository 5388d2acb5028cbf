"""What sends and receives: drivers of both colours, subscriptions, multipart bodies."""

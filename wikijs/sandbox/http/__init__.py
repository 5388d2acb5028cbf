"""The HTTP side of the sandbox: messages, bodies, uploads, files, serving, and transports without a port."""

"""Every operation of the server as something to call by name, and what it does to a wiki.

What the command line, the gateway and the MCP server offer is made of it.
"""

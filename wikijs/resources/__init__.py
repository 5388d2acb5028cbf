"""The facade: what a generator cannot know about the server, written once as flows.

One file a namespace that needs it. `wikijs.faces` holds the methods that the two clients get from it.
"""

"""GraphiQL in the browser, on a wiki of yours, offline: `wikijs playground`. Needs the `playground` extra.

`server` listens on this machine only, `answers` says what it answers, `static` holds GraphiQL. The browser never gets a
token: it asks this server, which asks the wiki through a client.
"""

"""Follow the server's log. Wiki.js shows it to a user who logged in and has manage:system, never to an API key.

WIKIJS_URL=... WIKIJS_EMAIL=... WIKIJS_PASSWORD=... python examples/live_log.py [LINES]
"""

import os
import sys
from itertools import islice

from wikijs import WikiJSClient
from wikijs.auth import PasswordAuth

lines = int(sys.argv[1]) if len(sys.argv) > 1 else None
login = PasswordAuth(os.environ["WIKIJS_EMAIL"], os.environ["WIKIJS_PASSWORD"])

with WikiJSClient(os.environ["WIKIJS_URL"], auth=login) as client:
    try:
        for line in islice(client.logging.live_trail(), lines):
            print(f"{line.timestamp:%H:%M:%S} {line.level}: {line.output}", flush=True)
    except KeyboardInterrupt:
        pass

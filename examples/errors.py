"""What can go wrong, and what to catch.

WIKIJS_URL=https://wiki.example.com WIKIJS_API_KEY=... python examples/errors.py
"""

import os

from wikijs import WikiJSClient
from wikijs.exceptions import (
    AuthenticationError,
    NotFoundError,
    PermissionDeniedError,
    QueryError,
    RateLimitError,
    TransportError,
    WikiJSException,
)

try:
    with WikiJSClient(os.environ["WIKIJS_URL"], auth=os.environ["WIKIJS_API_KEY"], timeout=10) as client:
        try:
            client.pages.get(999_999)
        except NotFoundError as error:
            print(f"not found: {error.message} (code {error.code}, {error.slug})")
        try:
            client.graphql("{ pages { nosuchfield } }")
        except QueryError as error:
            print(f"bad document: {error.message}")
except AuthenticationError as error:
    print(f"log in again: {error}")
except PermissionDeniedError as error:
    print(f"not allowed; any of these permissions would do: {', '.join(error.permissions)}")
except RateLimitError as error:
    print(f"too fast; wait {error.retry_after} s")
except TransportError as error:
    print(f"no answer; {'it may have arrived all the same' if error.sent else 'safe to repeat'}: {error}")
except WikiJSException as error:
    print(f"anything else this package raises: {error}")

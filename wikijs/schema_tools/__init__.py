"""What schemas are compared with: each other, operations, and servers. Needs graphql-core, of the `codegen` extra.

- `sources` reads a schema: SDL, an introspection result, the bundled one, or that of an older Wiki.js;
- `server` asks a running wiki: for its schema by introspection, or, where that is off, what it would accept;
- `canonical` writes a schema in one order, so that two of the same content are the same text;
- `coordinates` names all parts of a schema, and those that an operation uses;
- `merging` carries the facts, which introspection does not show, over to another schema; `pulling` writes both;
- `diff` tells what changed between two schemas, whom it touches and which version bump it calls for;
- `checking` tells which operations a server does not serve; `rendering` writes both as text and as Markdown;
- `repairs` makes query files fit another schema, `drafts` writes documents for operations that have none.
"""

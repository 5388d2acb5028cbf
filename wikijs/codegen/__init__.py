"""Code generation: compiles a GraphQL schema and hand-written queries into a typed package. Needs the `codegen` extra.

Data flows one way, each step a module:

- `config` reads codegen.toml;
- `schemas` reads the schema and applies `corrections` to it;
- `documents` parses and checks the query files, `clashes` their names;
- `lowering` turns them into plain data (`intermediate`), with the help of `naming`, `annotations` and `facts`;
- `rendering` writes that as Python source (`docstrings`): operations, and the namespaces of both clients;
- `models` runs ariadne-codegen for the models, and `plugin` bends it to this package;
- `package` puts all of it in place, or compares it with what is there.

A user's own project takes the same way (`wikijs generate`), and a few steps more:

- `project` reads its settings and begins new ones;
- `ours` says what of this client it uses instead of having it written: fragments, types, namespaces;
- `selections` makes fragments of what its operations write out, and refuses what cannot be one class;
- `extending` writes the clients that extend ours.

Where all of ours is, in a source tree and in a wheel, says `bundled`.
"""

"""Code generation: compiles a GraphQL schema and hand-written queries into a typed package. Needs the `codegen` extra.

Data flows one way, each step a module:

- `config` reads codegen.toml;
- `documents` parses and checks the query files;
- `lowering` turns them into plain data (`intermediate`), with the help of `annotations` and `facts`;
- `rendering` writes that as Python source: operations, namespaces of both clients;
- `plugin` bends ariadne-codegen, which writes the models;
- `package` puts all of it in place, or compares it with what is there.
"""

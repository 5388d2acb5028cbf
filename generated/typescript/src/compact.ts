// Copied from wikijs/codegen/typescript/sources/. Edit it there, and run `make generate`.

/** Makes operations of their text: everything that has to be in a bundle for all of them. */

import type { CallOptions, Client } from "./core/client.js";
import { type Operation, query } from "./core/operation.js";
import { mutation } from "./core/writing.js";
import { FRAGMENTS, OPERATIONS, others } from "./generated/compact.js";
import type { Raw } from "./generated/namespaces.js";
import type * as operations from "./generated/operations/index.js";

type Make = (variables?: any) => Operation<unknown, "query" | "mutation">;
type Functions = typeof operations;

const namespaces: Record<string, Record<string, Make>> = {};
const capital = (name: string): string => name[0]!.toUpperCase() + name.slice(1);

/** All operations by namespace and method; made at the first use. */
function all(): typeof namespaces {
  if (namespaces.pages) return namespaces;
  const fragments = new Map(FRAGMENTS.split("\n").map((line) => [/^\w+/.exec(line)![0], line]));
  /** The fragments that a text spreads, with those that they spread. */
  const needed = (text: string, found = new Set<string>()): Set<string> => {
    for (const [, name] of text.matchAll(/\.\.\.(\w+)/g)) needed(fragments.get(name!)!, found.add(name!));
    return found;
  };
  let namespace = "";
  for (const line of OPERATIONS.split("\n")) {
    const [, mark, field, suffix, leaf, variables] = /^(\W?)(\w+)\+?(\w*) ?(\S*) ?(.*)$/.exec(line)!;
    if (mark === ":") namespaces[(namespace = field!)] = {};
    else {
      const inside = leaf === "-" ? "" : leaf === "=" ? "{responseResult{...ResponseStatus}}" : `{...${leaf}}`;
      const rest: [string, string, string, string, string[]] = [
        capital(namespace) + capital(field!) + suffix,
        `${namespace}.${field}${leaf === "=" ? ".responseResult" : ""}`,
        variables! && "$\x01" + variables!.replaceAll(" ", "$\x01"),
        `\x02${namespace}{${field}${variables && "\x03"}${inside}}`,
        [...needed(inside)].sort().map((name) => "fragment " + fragments.get(name)!.replace(" ", " on ")),
      ];
      // Operations without variables have functions without parameters: that tells options from variables.
      const make = mark ? mutation : query;
      namespaces[namespace]![field! + suffix] = variables ? (given) => make(...rest, given) : () => make(...rest);
    }
  }
  others((key, method, make) => (namespaces[key]![method] = make));
  return namespaces;
}

/** An operation by the name of its function: `operation("pagesSingle", { id: 1 })` is `pagesSingle({ id: 1 })`. */
export function operation<N extends Exclude<keyof Functions, "loggingLiveTrail">>(name: N, ...given: Parameters<Functions[N]>): ReturnType<Functions[N]> {
  const [, namespace, method] = /^([a-z]+)(.*)$/.exec(name)!;
  return all()[namespace!]![method![0]!.toLowerCase() + method!.slice(1)]!(...given) as ReturnType<Functions[N]>;
}

/** A method for each operation, by namespace. */
export function methods(client: Client): Raw {
  const found: Record<string, Record<string, unknown>> = {};
  for (const [namespace, makes] of Object.entries(all())) {
    found[namespace] = {};
    for (const [method, make] of Object.entries(makes)) {
      found[namespace][method] = (...given: [object?, CallOptions?]) =>
        client.execute(make(given[0]), (make.length ? given[1] : given[0]) as CallOptions | undefined);
    }
  }
  return found as unknown as Raw;
}

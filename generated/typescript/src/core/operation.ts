// Copied from wikijs/codegen/typescript/sources/. Edit it there, and run `make generate`.

/** Operations as values: what generated functions return, and everything else takes. Nothing here parses GraphQL. */

import type { Details, Outcome, WikiJSError } from "./errors.js";
import type { Explain } from "./reply.js";

export type Kind = "query" | "mutation" | "subscription";

/** What is known about writes; only bundles that write have it, see `writing.ts`. */
export interface WriteRules {
  /** Makes the error for what the server says. */
  readonly explain: Explain;
  /** Throws unless a write says itself that it was done: that counts before all errors. */
  readonly judge: (leaf: any, errors: any[], details: Details) => void;
  /** What became of an attempt that ended with this error. */
  readonly outcomeOf: (error: WikiJSError, operation: string) => Outcome;
  /** Whether there may be another attempt, and what to throw when there is none. */
  readonly verdict: (error: WikiJSError, operation: string) => readonly [again: boolean, final: WikiJSError];
  /** Runs a write when it is its turn: a wiki takes one write to pages at a time. */
  readonly inTurn: <T>(url: string, operations: readonly { field: string }[], work: () => Promise<T>) => Promise<T>;
}

/**
 * One GraphQL operation with its variables. `T` is what executing it gives: the leaf, not the whole answer.
 *
 * `definitions` and `selection` are templates, in which \x01 stands before each variable and \x02 before the field at
 * the root, so that several operations can share one document.
 */
export interface Operation<out T, out K extends Kind = Kind> {
  readonly kind: K;
  /** Name of the operation in its document, such as `PagesList`. */
  readonly name: string;
  /** Response keys that lead to the leaf, joined by dots. */
  readonly path: string;
  /** The server's field, such as `pages.list`. */
  readonly field: string;
  readonly definitions: string;
  readonly selection: string;
  readonly fragments: readonly string[];
  readonly variables: object | undefined;
  readonly rules: WriteRules | undefined;
  /** Only a type; there is never a value. */
  readonly result?: T;
}

/** What executing an operation gives. */
export type ResultOf<O> = O extends Operation<infer T> ? T : never;

export type Rest = [
  name: string,
  path: string,
  definitions: string,
  selection: string,
  fragments: readonly string[],
  variables?: object,
  field?: string,
];

/** An operation as a value. In a selection, \x03 stands for all variables as arguments of their names. */
export const operation = <T, K extends Kind>(
  kind: K,
  rules: WriteRules | undefined,
  [name, path, definitions, selection, fragments, variables, field = path.split(".", 2).join(".")]: Rest,
): Operation<T, K> => ({
  kind,
  rules,
  name,
  path,
  field,
  definitions,
  selection: selection.replace("\x03", `(${definitions.replace(/\$(\x01(\w+))[^$]*/g, " $2:$$$1").slice(1)})`),
  fragments,
  variables,
});

/** A query as a value; generated functions call it. */
export const query = <T>(...rest: Rest): Operation<T, "query"> => operation("query", undefined, rest);

/** A subscription as a value; generated functions call it. */
export const subscription = <T>(...rest: Rest): Operation<T, "subscription"> => operation("subscription", undefined, rest);

/** The GraphQL document of an operation that travels alone. */
export const documentOf = ({ kind, name, definitions, selection, fragments }: Operation<unknown>): string =>
  `${kind} ${name}${definitions && `(${definitions})`}{${selection}}${fragments.join("")}`.replace(/[\x01\x02]/g, "");

/** The request of an operation that travels alone, ready for JSON. */
export const requestOf = (operation: Operation<unknown>): object => ({
  query: documentOf(operation),
  operationName: operation.name,
  variables: operation.variables,
});

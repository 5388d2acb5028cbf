// Copied from wikijs/codegen/typescript/sources/. Edit it there, and run `make generate`.

/** Several operations in one request, and each one's part of the answer. */

import type { CallOptions, Client } from "./client.js";
import { ConfigurationError, type WikiJSError } from "./errors.js";
import { type Operation, requestOf, type ResultOf } from "./operation.js";
import { type Answer, type Explain, graphQLError, leafOf } from "./reply.js";

/** Operations in one request at most; more are split. */
export const BATCH_LIMIT = 50;

export type Operations = readonly Operation<unknown, "query" | "mutation">[];
export type Results<O extends Operations> = { -readonly [I in keyof O]: ResultOf<O[I]> };
export type Settled<O extends Operations> = { -readonly [I in keyof O]: PromiseSettledResult<ResultOf<O[I]>> };

/**
 * Do several operations of one kind, up to 50 in a request, and give their results in order.
 *
 * Mutations of a request are done one after the other; one that fails does not stop the rest.
 *
 * @throws WikiJSError the first failure; `batchSettled` gives all outcomes.
 */
export async function batch<const O extends Operations>(client: Client, operations: O, options?: CallOptions): Promise<Results<O>> {
  const outcomes: readonly PromiseSettledResult<unknown>[] = await batchSettled(client, operations, options);
  return outcomes.map((outcome) => {
    if (outcome.status === "rejected") throw outcome.reason;
    return outcome.value;
  }) as Results<O>;
}

/** The same, with each one's result or error, as `Promise.allSettled` gives them. */
export async function batchSettled<const O extends Operations>(
  client: Client,
  operations: O,
  options?: CallOptions,
): Promise<Settled<O>> {
  const found: PromiseSettledResult<unknown>[] = [];
  const [{ kind, rules } = { kind: "query" as const, rules: undefined }] = operations;
  if (operations.some((operation) => operation.kind !== kind)) {
    throw new ConfigurationError("A batch holds either queries or mutations, not both.");
  }
  for (let start = 0; start < operations.length; start += BATCH_LIMIT) {
    const part = operations.slice(start, start + BATCH_LIMIT);
    const work = (): Promise<PromiseSettledResult<unknown>[]> =>
      client.post({ rules, field: "batch" }, merged(part), options, (answer, status) => split(part, answer, status, client.options.explain));
    found.push(...(await (rules?.inTurn(client.url, part, work) ?? work())));
  }
  return found as Settled<O>;
}

/** One request for several operations of one kind. Response keys and variables of each begin with `b0_`, `b1_` and so on. */
export function merged(operations: Operations): object {
  const variables: Record<string, unknown> = {};
  const fragments = new Set<string>();
  let definitions = "";
  let selections = "";
  operations.forEach((operation, index) => {
    const prefix = `b${index}_`;
    const prefixed = (text: string): string => text.replace(/\x02(\w+)/g, `${prefix}$1:$1`).replace(/\x01/g, prefix);
    definitions += prefixed(operation.definitions);
    selections += prefixed(operation.selection) + " ";
    for (const fragment of operation.fragments) fragments.add(fragment);
    for (const [name, value] of Object.entries(operation.variables ?? {})) variables[prefix + name] = value;
  });
  return requestOf({ ...operations[0]!, name: "Batch", definitions, selection: selections, fragments: [...fragments], variables });
}

function split(operations: Operations, { data, errors = [] }: Answer, status: number, explain: Explain | undefined): PromiseSettledResult<unknown>[] {
  const parts = operations.map((): Required<Answer> => ({ data: {}, errors: [] }));
  const parted = (key: string): [Required<Answer> | undefined, string] => {
    const [, index, name] = /^b(\d+)_(.*)$/s.exec(key) ?? [];
    return [parts[+index!], name!];
  };
  if (!data && !errors.some((error) => error.path?.length)) throw graphQLError(errors, { operation: "batch", status }, operations[0]?.rules?.explain ?? explain);
  for (const key in data) {
    const [part, name] = parted(key);
    if (part) part.data[name] = data[key];
  }
  for (const error of errors) {
    const [first, ...rest] = error.path ?? [];
    const [part, name] = parted(`${first}`);
    // What has no path is about the request as a whole.
    for (const each of first === undefined ? parts : part ? [part] : []) each.errors.push({ ...error, path: [name, ...rest] });
  }
  return operations.map((operation, index): PromiseSettledResult<unknown> => {
    try {
      return { status: "fulfilled", value: leafOf(operation, parts[index]!, status, explain) };
    } catch (reason) {
      return { status: "rejected", reason: judged(reason as WikiJSError, operation) };
    }
  });
}

/** The error of one operation; for a write that may have taken place it says so. */
function judged(error: WikiJSError, { field, rules }: Operation<unknown>): WikiJSError {
  return rules?.verdict(error, field)[1] ?? error;
}

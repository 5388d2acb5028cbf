// Copied from wikijs/codegen/typescript/sources/. Edit it there, and run `make generate`.

/** From an answer to the leaf of an operation, or to the one error that fits, on whichever way the server told it. */

import { APIError, ConfigurationError, type Details, TransportError, type WikiJSError } from "./errors.js";
import type { Operation } from "./operation.js";

/** A decoded answer of the GraphQL endpoint. */
export interface Answer {
  data?: any;
  errors?: any[];
}

/** Makes the error for what the server says. */
export type Explain = (message: string, details: Details) => APIError;

/** The error without the server's own words, which would have to be made fit to show. */
const short: Explain = (message, details) =>
  new APIError(`The server refused (${details.code || /\w*/.exec(message)}).`, { ...details, errors: [] });

/** The error for the `errors` of an answer: its code by the first, all of them attached. */
export const graphQLError = (errors: any[], details: Details, explain = short): APIError =>
  explain(errors[0]?.message ?? "no result", { ...details, errors, code: errors[0]?.extensions?.exception?.code ?? 0 });

/** The leaf of one operation's answer, or of its part of a batch. */
export function leafOf<T>({ path, field: operation, rules }: Operation<T>, answer: Answer, status: number, explain?: Explain): T {
  const { data, errors = [] } = answer;
  const leaf = path.split(".").reduce((value, key) => value?.[key], data);
  const details = { operation, status, data };
  rules?.judge(leaf, errors, details);
  if (!rules && (errors[0] || leaf === undefined)) throw graphQLError(errors, details, explain);
  return leaf;
}

/** The JSON of an answer of the GraphQL endpoint. */
export function decoded({ status, headers }: Response, text: string, operation: string): Answer {
  const kind = headers.get("content-type");
  if (/json/.test(kind!)) {
    try {
      const answer = JSON.parse(text);
      if (answer.data || answer.errors) return answer;
    } catch {
      if (status < 300) throw new TransportError("There was no whole answer.", { operation });
    }
  }
  throw foreign(status, headers, `There was no answer of Wiki.js (${status}, ${kind}).`, operation);
}

/** The error for an answer that is not one of Wiki.js' GraphQL endpoint. */
export function foreign(status: number, headers: Headers, reason: string, operation: string): WikiJSError {
  const after = +headers.get("retry-after")! * 1000;
  return status < 400 || (status > 403 && status < 413)
    ? new ConfigurationError(reason, { operation })
    : new APIError(reason, { operation, status, foreign: true, ...(after > 0 && { retryAfter: after }) });
}

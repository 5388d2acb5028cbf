/** Errors in the server's own words, made fit to show. Programs that write have this; others may pass it to `Client`. */

import { FIXED } from "../generated/writes.js";
import { APIError, type Details, type GraphQLError } from "./errors.js";
import { byStatus, letterOf } from "./refusals.js";
import { clean } from "./text.js";

const NAMES: Record<string, string> = {
  A: "Authentication",
  P: "PermissionDenied",
  N: "NotFound",
  C: "Conflict",
  V: "Validation",
  R: "RateLimit",
  S: "Server",
};

/** One error of an answer without stack trace, positions and SQL. */
const graphQL = ({ message, path, extensions }: any): GraphQLError => {
  const code = extensions?.exception?.code;
  return { message: clean(`${message}`), ...(path && { path }), ...(code && { code }) };
};

/**
 * The error for what the server says: by its code, then by its known texts, then by its own class of errors.
 *
 * `new Client({ url, explain })` makes errors of reads say what the server said; without it they have code and status
 * only. `WikiJS`, and every write, has it anyway.
 */
export function explain(message: string, details: Details): APIError {
  const { operation = "", slug = "", status, errors } = details;
  const reason = clean(message) || slug || "The server refused without a reason.";
  let { code = 0 } = details;
  const fixed = letterOf(code) ? undefined : FIXED.find(([where, start]) => `${reason} ${slug}`.includes(start) && operation.startsWith(where))?.[2];
  if (typeof fixed === "number") code = fixed;
  const kind = details.kind ?? (typeof fixed === "string" ? fixed : (letterOf(code) ?? byStatus[status!] ?? "S"));
  const seconds = / try again in (\d+) sec/.exec(reason)?.[1];
  const error = new APIError(reason, {
    ...details,
    code,
    kind,
    ...(seconds && { retryAfter: +seconds * 1000 }),
    ...(reason === "Forbidden" && { hint: "A bad token is silently taken for a guest." }),
    ...(errors && { errors: errors.map(graphQL) }),
  });
  error.name = `${NAMES[kind]}Error`;
  return error;
}

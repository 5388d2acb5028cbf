/** The classes of errors. Those of the server's refusals are told apart by `refusals.ts`. */

/** What became of a request: nothing reached the server, nothing was changed, it was done, or nobody can tell. */
export type Outcome = "not sent" | "rejected" | "applied" | "unknown";

/** One error of a GraphQL answer, without stack trace and SQL. */
export interface GraphQLError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly code?: number;
}

export interface Details {
  /** The server's field, such as `pages.single`. */
  operation?: string | undefined;
  /** What to do about it. */
  hint?: string | undefined;
  cause?: unknown;
  outcome?: Outcome;
  kind?: string | undefined;
  foreign?: boolean;
  code?: number;
  slug?: string;
  status?: number;
  errors?: readonly GraphQLError[];
  data?: unknown;
  retryAfter?: number | undefined;
}

/**
 * Root of everything this package throws on purpose. The message never holds a token, an SQL statement or a stack trace.
 * (An aborted request rejects with the reason of its signal, as `fetch` does.)
 */
export class WikiJSError extends Error {
  declare readonly operation?: string;
  declare readonly hint?: string;
  /** What became of the request, where one was sent. */
  declare outcome: Outcome;
  /** What happened, in one sentence, without operation and hint. */
  declare readonly reason: string;

  constructor(reason: string, details: Details = {}) {
    const { operation, hint } = details;
    super((operation ? operation + ": " : "") + reason + (hint ? " " + hint : ""));
    Object.assign(this, { outcome: "unknown", reason }, details);
  }
}

/** The client was set up wrongly, or what answers at this URL is no Wiki.js. */
export class ConfigurationError extends WikiJSError {
  override name = "ConfigurationError";
}

/** The request or its answer was lost on the way. `outcome` is "not sent" when the request certainly never arrived. */
export class TransportError extends WikiJSError {
  override name = "TransportError";
}

/** The server did not answer in time. */
export class TimeoutError extends TransportError {
  override name = "TimeoutError";
}

/** It cannot be told whether a write took place. Read back before you send it again; `cause` is what went wrong. */
export class OutcomeUnknownError extends WikiJSError {
  override name = "OutcomeUnknownError";
}

/** The server answered, and the answer is no. `NotFoundError` and its like are errors of this class. */
export class APIError extends WikiJSError {
  override name = "APIError";
  /** The letter of the class that fits, where the server's words have told it. */
  declare readonly kind?: string;
  /** The server's error code, such as 6003; 1 for errors without a code of their own, 0 where none was given. */
  declare readonly code: number;
  /** The server's name of the error, such as `PageNotFound`; empty where none was given. */
  declare readonly slug: string;
  /** HTTP status; Wiki.js reports most failures with 200. */
  declare readonly status: number;
  /** Whether something else than Wiki.js answered, a proxy for instance: that proves nothing about a write. */
  declare readonly foreign?: boolean;
  /** All GraphQL errors of the answer. */
  declare readonly errors: readonly GraphQLError[];
  /** What the answer held in spite of the error. */
  declare readonly data?: unknown;
  /** Milliseconds to wait before another try, where the server said so. */
  declare readonly retryAfter?: number;

  constructor(reason: string, details?: Details) {
    super(reason, { code: 0, slug: "", errors: [], ...details });
  }
}

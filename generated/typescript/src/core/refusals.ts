// Copied from wikijs/codegen/typescript/sources/. Edit it there, and run `make generate`.

/**
 * The classes of refusals that callers catch: `error instanceof NotFoundError`. They hold for every `APIError` by what it
 * says, so that programs which tell none apart carry none. `code` tells the cases of one class apart, and
 * `@py-wikijs/sdk/errors` has a name for each.
 */

import { CODES } from "../generated/codes.js";
import { APIError } from "./errors.js";

/** The letter of the class of a code, as `CODES` has it: the thousands choose the text, the rest the letter. */
export const letterOf = (code: number): string | undefined => CODES[(code / 1000) | 0]?.[(code % 1000) - 1];

/** Letters of the HTTP statuses that tell anything. */
export const byStatus: Record<number, string> = { 400: "V", 401: "A", 403: "A", 413: "V", 429: "R" };

/** The letter of the class of an error; S for failures of the server. */
export const kindOf = ({ kind, code, status, reason }: APIError): string =>
  kind ?? letterOf(code) ?? byStatus[status] ?? (/Forbidden/.test(reason) ? "P" : /Unauthorized/.test(reason) ? "A" : "S");

const is = (error: unknown, letter: string): boolean => error instanceof APIError && kindOf(error) === letter;

/** The server does not accept who we say we are. */
export class AuthenticationError extends APIError {
  static override [Symbol.hasInstance](error: unknown): boolean {
    return is(error, "A");
  }
}

/** The caller is known but may not do this. */
export class PermissionDeniedError extends APIError {
  static override [Symbol.hasInstance](error: unknown): boolean {
    return is(error, "P");
  }
}

/** What was asked for does not exist. */
export class NotFoundError extends APIError {
  static override [Symbol.hasInstance](error: unknown): boolean {
    return is(error, "N");
  }
}

/** The change collides with what is there. */
export class ConflictError extends APIError {
  static override [Symbol.hasInstance](error: unknown): boolean {
    return is(error, "C");
  }
}

/** The server refused the input. */
export class ValidationError extends APIError {
  static override [Symbol.hasInstance](error: unknown): boolean {
    return is(error, "V");
  }
}

/** Too many requests; see `retryAfter`. */
export class RateLimitError extends APIError {
  static override [Symbol.hasInstance](error: unknown): boolean {
    return is(error, "R");
  }
}

/** The server failed, or answered with something that makes no sense. */
export class ServerError extends APIError {
  static override [Symbol.hasInstance](error: unknown): boolean {
    return is(error, "S");
  }
}

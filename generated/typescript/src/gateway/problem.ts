// Copied from wikijs/codegen/typescript/sources/. Edit it there, and run `make generate`.

/** Failures of a gateway, which are `application/problem+json` (RFC 9457), and what they prove about a write. */

import { APIError, type Details, OutcomeUnknownError, TransportError, type WikiJSError } from "../core/errors.js";
import type { WriteRules } from "../core/operation.js";
import { byStatus } from "../core/refusals.js";
import { foreign } from "../core/reply.js";
import { clean } from "../core/text.js";
import type { Problem } from "../generated/gateway.js";

const KINDS: Record<number, string> = { ...byStatus, 403: "P", 404: "N", 409: "C", 412: "C", 422: "V", 428: "V" };

/**
 * The gateway refused, or the wiki behind it. Also an error of the class that fits: `error instanceof NotFoundError`,
 * `ConflictError` for 409 and 412, and so on. `slug` is its kind, such as "page-changed" or "scope-missing".
 */
export class GatewayError extends APIError {
  override name = "GatewayError";
  /** All that the gateway says about it. */
  declare readonly problem: Problem & Record<string, unknown>;
  /** Finds the request in the gateway's log. */
  declare readonly requestId?: string;

  constructor(problem: Problem & Record<string, unknown>, details: Details) {
    const { status, detail, code, type, title, requestId } = problem;
    const outcome = problem["outcome"];
    super(clean(`${detail || title}`), {
      ...details,
      kind: KINDS[status] ?? "S",
      status,
      slug: `${type}`.split("#").pop()!,
      code: code ?? 0,
      outcome: outcome === "unknown" || outcome === "applied" ? outcome : status === 500 ? "unknown" : "rejected",
    });
    Object.assign(this, { problem, requestId });
  }
}

/** The error for an answer that is none of the good ones. */
export async function failure(response: Response, operation: string): Promise<WikiJSError> {
  const { status, headers } = response;
  const after = Number(headers.get("retry-after")) * 1000;
  if (/problem\+json/.test(headers.get("content-type") ?? "")) {
    const problem = (await response.json()) as Problem & Record<string, unknown>;
    return new GatewayError({ ...problem, status }, { operation, ...(after > 0 && { retryAfter: after }) });
  }
  return foreign(status, headers, `There was no answer of a gateway (${status}).`, operation);
}

/** Says that the same request is under way: its answer is asked for again. */
export const isRunning = (error: unknown): error is GatewayError =>
  error instanceof GatewayError && error.slug === "idempotency-running";

/** Statuses that are decided before the gateway looks whether it did a request already. */
const EARLY = new Set([401, 403, 421, 429, 503]);

/**
 * What to do about the failures of one write.
 *
 * @param once whether it has an Idempotency-Key: then the gateway does it once, however often it is sent.
 */
export function rulesOf(once: boolean): Pick<WriteRules, "verdict"> {
  let doubt = false; // of an earlier attempt
  return {
    verdict(error, operation) {
      const judged = error instanceof GatewayError;
      const proven = judged ? error.outcome !== "unknown" : isUnsent(error);
      if (judged && !EARLY.has(error.status)) doubt = !proven || isRunning(error);
      else if (!proven) doubt = true;
      const { status } = error as { status?: number };
      const passing = judged ? status === 429 || status === 503 : error instanceof TransportError || /50[234]/.test(`${status}`);
      const again = passing && (once || proven);
      if (!doubt || isRunning(error)) return [again, error];
      const hint = "Look at the wiki before you repeat it.";
      return [again, new OutcomeUnknownError(`It cannot be told whether this took place: ${error.reason}`, { operation, hint, cause: error })];
    },
  };
}

const isUnsent = (error: WikiJSError): boolean => {
  const { cause } = error as { cause?: { code?: string; cause?: { code?: string } } };
  const unsent = /Refused$|^ECONNREFUSED|^ENOTFOUND|^EAI_|UNREACH$|_CONNECT_T/i.test(cause?.cause?.code ?? cause?.code ?? "");
  if (unsent) error.outcome = "not sent";
  return unsent;
};

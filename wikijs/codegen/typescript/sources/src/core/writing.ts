/** What is known about writes, kept apart so that programs that only read do not carry it. */

import { BY_CODE, BY_SLUG, BY_TEXT, PAGE_WRITES } from "../generated/writes.js";
import { APIError, type Outcome, OutcomeUnknownError, type WikiJSError } from "./errors.js";
import { explain } from "./explain.js";
import { operation, type Operation, type Rest, type WriteRules } from "./operation.js";
import { kindOf, letterOf } from "./refusals.js";
import { graphQLError } from "./reply.js";

/** What Node, Bun and Deno say when there never was a connection. */
const NOT_SENT = /Refused$|^ENOTFOUND|^EAI_|UNREACH$|_CONNECT_T/i;

const turns = new Map<string, Promise<unknown>>();

/** Do some work while nobody else in this process writes pages of the wiki at this URL. */
export function exclusively<T>(url: string, work: () => Promise<T>): Promise<T> {
  const turn = (turns.get(url) ?? Promise.resolve()).then(work, work);
  turns.set(url, turn);
  return turn;
}

/** What became of a write that ended with this error. Only Wiki.js' own words prove that nothing happened. */
export function outcomeOf(error: WikiJSError, operation: string): Outcome {
  if (!(error instanceof APIError)) {
    const { cause } = error as { cause?: { code?: string; cause?: { code?: string } } };
    return NOT_SENT.test(cause?.cause?.code ?? cause?.code ?? "") ? "not sent" : error.outcome;
  }
  const { status, code, slug, reason, errors, foreign } = error;
  if (foreign) return "unknown";
  if (kindOf(error) === "R" || status === 400 || status === 413) return "rejected";
  const known = BY_CODE[`${operation} ${code}`] ?? BY_SLUG[`${operation} ${slug}`];
  const texts = [reason, ...errors.map(({ message }) => message)];
  return (known as Outcome | undefined) ?? (letterOf(code) || texts.some((text) => BY_TEXT.test(text)) ? "rejected" : "unknown");
}

const rules: WriteRules = {
  explain,
  judge(leaf, errors, details) {
    const said = leaf?.responseResult ?? leaf;
    if (said?.succeeded) return;
    if (said?.slug) throw explain(said.message ?? "", { ...details, code: said.errorCode, slug: said.slug });
    throw graphQLError(errors, details, explain);
  },
  outcomeOf,
  verdict(cause, operation) {
    const outcome = (cause.outcome = outcomeOf(cause, operation));
    const again = outcome === "not sent" || (outcome === "rejected" && kindOf(cause as APIError) === "R");
    if (outcome !== "unknown") return [again, cause];
    const hint = "Look at the wiki before you repeat it.";
    return [again, new OutcomeUnknownError(`It cannot be told whether this took place: ${cause.reason}`, { operation, hint, cause })];
  },
  inTurn: (url, operations, work) =>
    operations.some(({ field }) => PAGE_WRITES.test(field)) ? exclusively(url, work) : work(),
};

/** A mutation as a value; generated functions call it. */
export const mutation = <T>(...rest: Rest): Operation<T, "mutation"> => operation("mutation", rules, rest);

/** What other writes than mutations are about, such as uploads. */
export const writeOf = (field: string): Pick<Operation<unknown>, "field" | "rules"> => ({ field, rules });

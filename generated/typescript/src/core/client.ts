// Copied from wikijs/codegen/typescript/sources/. Edit it there, and run `make generate`.

/** The client: sends operations with the caller's token, tries again where that is safe, and says what became of them. */

import { type APIError, TimeoutError, TransportError, WikiJSError } from "./errors.js";
import { type Operation, requestOf, type WriteRules } from "./operation.js";
import { type Answer, decoded, type Explain, leafOf } from "./reply.js";

/** Milliseconds between two attempts at most; a server that asks for more is not waited for. */
const MAX_DELAY = 10_000;

export type Token = string | null | undefined;

/** An attempt that failed and will be repeated. */
export interface Retrying {
  readonly operation: string;
  /** Number of the retry, from 1. */
  readonly attempt: number;
  /** Milliseconds until then. */
  readonly wait: number;
  readonly error: WikiJSError;
}

export interface ClientOptions {
  /** Root of the wiki, such as `https://wiki.example.com`, or of a gateway. */
  url: string;
  /** An API key, a login token, or a function that gives the one to send next. Without it the caller is a guest. */
  token?: Token | (() => Token | Promise<Token>);
  /** Milliseconds for one attempt; 30,000 unless given. */
  timeout?: number;
  /**
   * Attempts after the first; 3 unless given. Reads are repeated when they failed in passing, writes only when they
   * certainly did nothing. A random part of 250 ms is waited, of twice as much before the next one, and so on.
   */
  retries?: number;
  /** Sent with each request. */
  headers?: Record<string, string>;
  /** Used in place of the global `fetch`. */
  fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /** Told when the server renewed the login token; the client itself goes on with the new one unless `token` is a function. */
  onToken?: (token: string) => void;
  /** Told of each retry. */
  onRetry?: (retry: Retrying) => void;
  /** Makes errors say what the server said, see the function of this name; `WikiJS` and writes have it anyway. */
  explain?: Explain;
}

export interface CallOptions {
  /** Aborts the request, also while it waits for another attempt. */
  signal?: AbortSignal | undefined;
  /** Milliseconds for one attempt. */
  timeout?: number | undefined;
  retries?: number | undefined;
}

/** What a request is about: an operation, or something that is none. */
export interface About {
  readonly field: string;
  readonly rules: Pick<WriteRules, "verdict"> | undefined;
}

export class Client {
  /** Root of the wiki, without a slash at its end. */
  readonly url: string;
  readonly options: ClientOptions;

  constructor(options: ClientOptions) {
    this.options = { ...options };
    this.url = new URL(options.url).href.replace(/\/+(graphql)?$/, "");
  }

  /**
   * Do an operation.
   *
   * Writes to pages wait for each other: Wiki.js breaks its page tree otherwise.
   *
   * @throws APIError when the server refuses, OutcomeUnknownError when nobody can tell whether a write took place.
   */
  execute<T>(operation: Operation<T, "query" | "mutation">, options?: CallOptions): Promise<T> {
    const work = (): Promise<T> =>
      this.post(operation, requestOf(operation), options, (answer, status) =>
        leafOf(operation, answer, status, this.options.explain),
      );
    return operation.rules?.inTurn(this.url, [operation], work) ?? work();
  }

  /** Post JSON to the GraphQL endpoint, as often as needed, and read the answer. */
  post<T>(about: About, body: object, options: CallOptions | undefined, read: (answer: Answer, status: number) => T): Promise<T> {
    // Exactly this content type: with any other the server renews tokens by a cookie instead of a header.
    const init = { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json" } };
    return this.request(about, "/graphql", init, options, async (response) =>
      read(decoded(response, await response.text(), about.field), response.status),
    );
  }

  /**
   * Send a request to a place below the wiki's URL with the caller's token, as often as needed, and read the answer.
   * Redirects are not followed.
   */
  async request<T>(
    { field: operation, rules }: About,
    path: string,
    init: RequestInit,
    { signal, timeout, retries }: CallOptions = {},
    read: (response: Response) => Promise<T>,
  ): Promise<T> {
    const mine = this.options;
    for (let attempt = 0; ; ) {
      const { token, headers, fetch = globalThis.fetch } = mine;
      const sent = typeof token === "function" ? await token() : token;
      const limit = AbortSignal.timeout(timeout ?? mine.timeout ?? 30_000);
      try {
        const response = await fetch(this.url + path, {
          ...init,
          headers: { ...headers, ...(init.headers as object), ...(sent && { authorization: `Bearer ${sent}` }) },
          redirect: "manual",
          signal: AbortSignal.any([limit, signal ?? limit]),
        });
        const renewed = response.headers.get("new-jwt");
        if (renewed) {
          if (token === sent) mine.token = renewed;
          mine.onToken?.(renewed);
        }
        return await read(response);
      } catch (error) {
        signal?.throwIfAborted();
        const failure = error instanceof WikiJSError ? error : lost(error, operation, limit.aborted);
        const { retryAfter, status } = failure as Partial<APIError>;
        const wait = retryAfter ?? Math.random() * Math.min(MAX_DELAY, 250 * 2 ** attempt);
        const [again, final] = rules?.verdict(failure, operation) ?? [
          failure instanceof TransportError || /429|50[234]/.test(`${status}`),
          failure,
        ];
        if (!again || attempt++ >= (retries ?? mine.retries ?? 3) || wait > MAX_DELAY) throw final;
        mine.onRetry?.({ operation, attempt, wait, error: failure });
        await sleep(wait, signal);
      }
    }
  }
}

/** Whatever `fetch` rejects with, as an error that says whether the request was sent. */
function lost(cause: any, operation: string, late: boolean): TransportError {
  if (late) return new TimeoutError("There was no answer in time.", { operation, cause });
  return new TransportError(`There was no answer (${cause?.cause?.code ?? cause?.message}).`, {
    operation,
    cause,
    ...("document" in globalThis && { hint: "Browsers reach only their own origin, or a gateway." }),
  });
}

/** Wait so many milliseconds, or until the signal aborts. */
export const sleep = (time: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const timer = setTimeout(resolve, time);
    signal?.addEventListener("abort", () => (clearTimeout(timer), reject(signal.reason)));
  });

/** One call of a gateway: the address, the answer, and attempts until it is known what became of it. */

import { type CallOptions, Client, type ClientOptions, sleep } from "../core/client.js";
import { ConfigurationError } from "../core/errors.js";
import { foreign } from "../core/reply.js";
import { type Routes, ROUTES } from "../generated/gateway.js";
import { collected, telling, unique } from "../progress.js";
import { failure, isRunning, rulesOf } from "./problem.js";

export type Name = keyof Routes;
export type Given<N extends Name> = Routes[N]["given"];
export type Result<N extends Name> = Routes[N]["result"];

/** What a call of a route takes: what the route is given, unless it is given nothing, and options. */
export type Arguments<N extends Name> = {} extends Given<N>
  ? [given?: Given<N>, options?: GatewayCallOptions]
  : [given: Given<N>, options?: GatewayCallOptions];

export interface GatewayCallOptions extends CallOptions {
  /** The ETag of the state that is changed, as a read gave it, or "*" for any. */
  ifMatch?: string | undefined;
  /** The ETag that is known already: when it is still the one, `unchanged` is true and there is no value. */
  ifNoneMatch?: string | undefined;
  /** Makes that this write is done once, however often it is sent, also by other processes; random unless given. */
  idempotencyKey?: string | undefined;
  /** Media type of a body that is sent as it is. */
  contentType?: string | undefined;
  /** Told how many bytes of a file were sent or have come, and how many there are; 0 where that is not known. */
  onProgress?: ((bytes: number, total: number) => void) | undefined;
}

/** An answer with what its headers say. */
export interface Answered<T> {
  /** Undefined when it is unchanged. */
  readonly value: T;
  readonly unchanged: boolean;
  /** Tag of the state, for `ifMatch` and `ifNoneMatch`. */
  readonly etag: string | undefined;
  /** Of a list: cursor of the next part; undefined after the last. */
  readonly next: string | undefined;
  readonly headers: Headers;
}

export type GatewayOptions = Omit<ClientOptions, "explain" | "onToken">;

/** How long an answer of a request that is under way is asked for. */
const RUNNING = 120_000;

/** Sends what a route takes; see `Gateway`. */
export class Caller {
  readonly client: Client;

  constructor(options: GatewayOptions) {
    this.client = new Client(options);
  }

  /** Call a route, and give its answer with what its headers say. */
  async exchange<N extends Name>(name: N, ...[given, options = {}]: Arguments<N>): Promise<Answered<Result<N>>> {
    const [verb, template, kind] = ROUTES[name].split(" ") as [string, string, string | undefined];
    const method = verb.replace("*", "");
    const { body, ...parameters } = (given ?? {}) as Record<string, unknown>;
    const raw = body instanceof Blob || body instanceof ArrayBuffer || ArrayBuffer.isView(body);
    const { ifMatch, ifNoneMatch, idempotencyKey, contentType, onProgress, ...rest } = options;
    const once = verb.endsWith("*");
    const headers: Record<string, string> = {
      ...(body !== undefined && { "content-type": raw ? contentType || (body as Blob).type || "application/octet-stream" : "application/json" }),
      ...(ifMatch && { "if-match": ifMatch }),
      ...(ifNoneMatch && { "if-none-match": ifNoneMatch }),
      ...(once && { "idempotency-key": idempotencyKey ?? unique() }),
    };
    const bytes = raw && !(body instanceof Blob) ? new Blob([body as ArrayBuffer]) : body;
    const init: RequestInit = { method, headers, body: (raw ? bytes : body === undefined ? null : JSON.stringify(body)) as BodyInit | null };
    const client = raw && onProgress ? telling(this.client, onProgress) : this.client;
    const about = { field: name, rules: method === "GET" ? undefined : rulesOf(once) };
    const path = addressOf(name, template, parameters);
    const read = (response: Response): Promise<Answered<any>> => answered(response, name, kind === "blob", onProgress);
    for (const begun = Date.now(); ; ) {
      try {
        return await client.request(about, path, init, rest, read);
      } catch (error) {
        if (!isRunning(error) || Date.now() - begun > RUNNING) throw error;
        await sleep(error.retryAfter ?? 1000, options.signal);
      }
    }
  }

  /** Call a route. */
  async call<N extends Name>(name: N, ...rest: Arguments<N>): Promise<Result<N>> {
    return (await this.exchange(name, ...rest)).value;
  }
}

/** The address of a route: names in its path are filled in, the rest of what is given goes behind the question mark. */
function addressOf(name: string, template: string, given: Record<string, unknown>): string {
  const left = { ...given };
  const path = template.replace(/\{(\w+)\}/g, (_, key: string) => {
    const text = String(left[key] ?? "");
    delete left[key];
    // Browsers and Node take dots for the way up, encoded ones too: that would be another address.
    const parts = key === "path" ? text.replace(/^\/+|\/+$/g, "").split("/") : [text];
    if (parts.some((part) => /^\.{0,2}$/.test(part))) throw new ConfigurationError(`There is no ${key} ${JSON.stringify(text)}.`, { operation: name, outcome: "not sent" });
    return parts.map(encodeURIComponent).join("/");
  });
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(left)) {
    for (const each of Array.isArray(value) ? value : [value]) if (each !== undefined && each !== null) query.append(key, String(each));
  }
  const asked = query.size ? `?${query}` : "";
  return (path.startsWith("/") ? path : `/api/v1/${path}`) + asked;
}

async function answered(response: Response, name: string, blob: boolean, onProgress: GatewayCallOptions["onProgress"]): Promise<Answered<unknown>> {
  const { status, headers } = response;
  const unchanged = status === 304;
  if (!unchanged && !response.ok) throw await failure(response, name);
  const etag = headers.get("etag") ?? undefined;
  const link = /<([^>]*)>\s*;\s*rel="?next"?/.exec(headers.get("link") ?? "");
  const next = link ? (new URL(link[1]!, "http://x").searchParams.get("cursor") ?? undefined) : undefined;
  const answer = { unchanged, etag, next, headers };
  if (unchanged || status === 204) return { ...answer, value: undefined };
  const kind = headers.get("content-type") ?? "";
  if (blob) return { ...answer, value: await collected(response, kind, onProgress) };
  const text = await response.text();
  if (/json/.test(kind)) return { ...answer, value: JSON.parse(text) };
  if (/^text\/plain/.test(kind)) return { ...answer, value: text };
  throw foreign(status, headers, `There was no answer of a gateway (${status}, ${kind}).`, name);
}

// Copied from wikijs/codegen/typescript/sources/. Edit it there, and run `make generate`.

/**
 * Webhooks of a wiki: signatures checked with WebCrypto, events with types. Runs in Node, browsers and workers, and needs
 * nothing else of this package.
 */

import { EVENT_VERSION, type Events, type WikiEvent } from "./generated/events.js";

export * from "./generated/events.js";

/** An event of a type or version that this release does not know; `data` is as it came. */
export interface UnknownEvent extends Omit<WikiEvent, "type" | "version" | "data"> {
  readonly type: string;
  readonly version: string;
  readonly data: unknown;
}

/** The message is not signed by one of the secrets, is too old or from the future, or holds no event. */
export class WebhookVerificationError extends Error {
  override name = "WebhookVerificationError";
}

export interface VerifyOptions {
  /** Milliseconds that the clocks of sender and receiver may differ; five minutes unless given. */
  tolerance?: number;
  /** Milliseconds since 1970; now unless given. */
  now?: number;
}

type Body = string | ArrayBuffer | Uint8Array<ArrayBuffer>;

const utf8 = new TextEncoder();
const bytesOf = (body: Body): Uint8Array<ArrayBuffer> =>
  typeof body === "string" ? utf8.encode(body) : new Uint8Array(body);

function decoded(base64: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}

/**
 * Check a message of Standard Webhooks and give its id.
 *
 * @param body exactly as it was received: a parsed and written body is another one.
 * @param headers of the request.
 * @param secrets any one of which may have signed it, such as "whsec_…": two while one replaces the other.
 * @throws WebhookVerificationError
 */
export async function verify(
  body: Body,
  headers: Headers | Readonly<Record<string, string | undefined>>,
  secrets: string | readonly string[],
  { tolerance = 300_000, now = Date.now() }: VerifyOptions = {},
): Promise<string> {
  const all = headers instanceof Headers ? headers : new Headers(Object.entries(headers).filter((each): each is [string, string] => each[1] !== undefined));
  const [id, timestamp, signatures] = ["id", "timestamp", "signature"].map((name) => {
    const value = all.get(`webhook-${name}`) || all.get(`svix-${name}`) || "";
    if (!value || value.length > 4096) throw new WebhookVerificationError(`The header webhook-${name} is missing or no such one.`);
    return value;
  }) as [string, string, string];
  if (!/^\d{1,12}$/.test(timestamp)) throw new WebhookVerificationError("Its time is none.");
  if (Math.abs(now - Number(timestamp) * 1000) > tolerance) throw new WebhookVerificationError("It is too old, or from the future.");
  const given = signatures.split(" ").filter((each) => each.startsWith("v1,")).map((each) => decoded(each.slice(3)));
  const head = utf8.encode(`${id}.${timestamp}.`);
  const rest = bytesOf(body);
  const content = new Uint8Array(head.length + rest.length);
  content.set(head);
  content.set(rest, head.length);
  let fits = false;
  for (const secret of [secrets].flat()) {
    const bytes = decoded(secret.trim().replace(/^whsec_/, ""));
    if (!bytes || bytes.length < 24 || bytes.length > 64) throw new TypeError("This is no secret of a webhook: it begins with whsec_.");
    const key = await crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
    // All are compared, so that the time this takes says nothing.
    for (const each of given) if (each && (await crypto.subtle.verify("HMAC", key, each, content))) fits = true;
  }
  if (!fits) throw new WebhookVerificationError("Its signature fits none of the secrets.");
  return id;
}

/** The event in a message whose signature was checked. */
export function parseEvent(body: Body): WikiEvent | UnknownEvent {
  let event: any;
  try {
    event = JSON.parse(typeof body === "string" ? body : new TextDecoder().decode(body));
  } catch {
    /* told below */
  }
  if (typeof event?.type !== "string" || typeof event.id !== "string") throw new WebhookVerificationError("It holds no event.");
  return event;
}

/** Whether an event is of a type, in the version that this release knows: then its `data` has the type of that. */
export const isEvent = <T extends keyof Events>(event: WikiEvent | UnknownEvent, type: T): event is Events[T] =>
  event.type === type && event.version === EVENT_VERSION;

/** Check a request and give its event. */
export async function receive(request: Request, secrets: string | readonly string[], options?: VerifyOptions): Promise<WikiEvent | UnknownEvent> {
  const body = await request.arrayBuffer();
  await verify(body, request.headers, secrets, options);
  return parseEvent(body);
}

export interface HandlerOptions extends VerifyOptions {
  secrets: string | readonly string[];
  /** By type; `page.*` and `*` take what no other does. */
  on: { [T in keyof Events]?: (event: Events[T]) => unknown } & Record<`${string}*`, (event: WikiEvent | UnknownEvent) => unknown>;
  /** Whether an event was handled before: the same may come more than once, always with the same id. */
  seen?: (id: string) => boolean | Promise<boolean>;
  /** Told what a handler threw; the sender is answered 500, so that it sends the event again. */
  onError?: (error: unknown, event: WikiEvent | UnknownEvent) => void;
}

/** A function from requests to responses: a route of Next.js, a worker, or anything else that speaks `fetch`. */
export function handler({ secrets, on, seen, onError, ...options }: HandlerOptions): (request: Request) => Promise<Response> {
  return async (request) => {
    let event: WikiEvent | UnknownEvent;
    try {
      event = await receive(request, secrets, options);
    } catch (error) {
      if (!(error instanceof WebhookVerificationError)) throw error;
      return new Response(error.message, { status: 400 });
    }
    if (await seen?.(event.id)) return new Response(null, { status: 204 });
    const { type } = event;
    const known = event.version === EVENT_VERSION;
    const handlers = on as Record<string, ((event: any) => unknown) | undefined>;
    const names = [...(known ? [type] : []), type.split(".")[0] + ".*", "*"];
    const name = names.find((each) => Object.hasOwn(handlers, each));
    try {
      await handlers[name ?? ""]?.(event);
    } catch (error) {
      onError?.(error, event);
      return new Response("The handler failed.", { status: 500 });
    }
    return new Response(null, { status: 204 });
  };
}

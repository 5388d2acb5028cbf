/** Subscriptions over the protocol that Wiki.js speaks: the old `graphql-ws` of subscriptions-transport-ws 0.9. */

import type { Client } from "./core/client.js";
import { APIError, TimeoutError, TransportError } from "./core/errors.js";
import { explain } from "./core/explain.js";
import { type Operation, requestOf } from "./core/operation.js";
import { leafOf } from "./core/reply.js";

/** What is needed of a WebSocket; the global one of browsers and of Node 22, or that of the package `ws`. */
export interface Socket {
  send(text: string): void;
  close(): void;
  addEventListener(type: "open" | "message" | "close" | "error", listener: (event: any) => void): void;
}

export interface SubscribeOptions {
  signal?: AbortSignal;
  /** Milliseconds to wait for the server to agree; that of the client unless given. */
  timeout?: number;
  /** Used in place of the global `WebSocket`, which Node has from 22 on. */
  WebSocket?: new (url: string, protocol: string) => Socket;
}

/**
 * The values of a subscription, until the server ends it, the signal aborts, or the loop is left.
 *
 * Wiki.js wants a login token of a user with `manage:system`; API keys are refused. A lost connection ends the iteration
 * with a `TransportError`: whether to connect again, and what was missed, is the caller's.
 */
export async function* subscribe<T>(client: Client, operation: Operation<T, "subscription">, options: SubscribeOptions = {}): AsyncGenerator<T, void> {
  const { signal, timeout = client.options.timeout ?? 30_000, WebSocket = (globalThis as any).WebSocket } = options;
  if (!WebSocket) throw new TypeError("There is no WebSocket here: pass that of the package ws, or use Node 22.");
  const { token } = client.options;
  const sent = typeof token === "function" ? await token() : token;
  signal?.throwIfAborted();
  const about = { operation: operation.field };
  const values: T[] = [];
  let ended: { error?: unknown } | undefined;
  let wake = (): void => undefined;
  const end = (error?: unknown): void => {
    ended ??= { error };
    clearTimeout(timer);
    wake();
  };
  const stop = (): void => end(signal!.reason);
  const timer = setTimeout(() => end(new TimeoutError("There was no answer in time.", about)), timeout);
  signal?.addEventListener("abort", stop, { once: true });
  // A browser cannot set headers here, so the token travels in the first message everywhere.
  const socket: Socket = new WebSocket("ws" + client.url.slice(4) + "/graphql-subscriptions", "graphql-ws");
  const say = (type: string, rest: object): void => socket.send(JSON.stringify({ type, ...rest }));
  const refused = (reason = ""): APIError =>
    explain(`The server refused the subscription${reason && ` (${reason})`}.`, {
      ...about,
      kind: "P",
      hint: "It takes a login token of a user with manage:system, not an API key.",
    });
  socket.addEventListener("open", () => say("connection_init", { payload: { token: sent } }));
  socket.addEventListener("close", ({ code }) => end(code === 1011 ? refused() : new TransportError("The connection was lost.", about)));
  socket.addEventListener("error", () => end(new TransportError("There was no answer.", about)));
  socket.addEventListener("message", ({ data }) => {
    try {
      const { type, payload } = JSON.parse(String(data));
      if (type === "connection_ack") {
        clearTimeout(timer);
        say("start", { id: "1", payload: requestOf(operation) });
      } else if (type === "data") values.push(leafOf(operation, payload, 200, explain));
      else if (type === "connection_error") end(refused(payload?.message));
      else if (type === "error") end(explain(payload?.message ?? "The subscription failed.", about));
      else if (type === "complete") end();
      wake();
    } catch (error) {
      end(error);
    }
  });
  try {
    for (;;) {
      while (values.length) yield values.shift()!;
      if (ended) {
        if (ended.error !== undefined) throw ended.error;
        return;
      }
      await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    end();
    signal?.removeEventListener("abort", stop);
    socket.close();
  }
}

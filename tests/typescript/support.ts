/** What the tests share: where the servers are that pytest has started, and a `fetch` that answers as it is told. */

import { readFileSync } from "node:fs";

/** Made by tests/typescript/test_npm.py. */
export const given = JSON.parse(readFileSync(process.env.WIKIJS_TS_TESTS!, "utf-8")) as {
  wiki: { url: string; key: string; email: string; password: string };
  faulty: { url: string; key: string };
  gateway: { url: string; key: string; faulty: string };
  login: string;
  webhook: { secrets: [string, string]; headers: Record<string, string>; body: string; now: number };
  documents: Record<string, { document: string; variables: string[] }>;
};

export interface Sent {
  url: string;
  init: RequestInit;
  /** The decoded body. */
  body: any;
}

type Reply = Response | Error | ((sent: Sent) => Response | Promise<Response>);

/** A `fetch` with these answers, in order, the last one for ever; and what it was sent. */
export function answering(...replies: Reply[]): { fetch: (url: string, init: RequestInit) => Promise<Response>; sent: Sent[] } {
  const sent: Sent[] = [];
  return {
    sent,
    fetch: async (url, init) => {
      const text = typeof init.body === "string" ? init.body : "null";
      sent.push({ url, init, body: JSON.parse(text) });
      const reply = replies[Math.min(sent.length, replies.length) - 1]!;
      init.signal?.throwIfAborted();
      if (reply instanceof Error) throw reply;
      return reply instanceof Response ? reply.clone() : reply(sent.at(-1)!);
    },
  };
}

export const json = (body: unknown, init: ResponseInit = {}): Response =>
  new Response(JSON.stringify(body), { ...init, headers: { "content-type": "application/json; charset=utf-8", ...init.headers } });

/** What `fetch` of Node rejects with. */
export const failed = (code: string): Error => Object.assign(new TypeError("fetch failed"), { cause: Object.assign(new Error(code), { code }) });

/** A GraphQL error as Wiki.js writes it. */
export const wrong = (message: string, code?: number, path: (string | number)[] = []): object => ({
  message,
  path,
  extensions: { code: "INTERNAL_SERVER_ERROR", exception: { ...(code && { code }), stacktrace: ["at secret"] } },
});

/** The error of a promise that must fail. */
export async function errorOf(promise: Promise<unknown>): Promise<any> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("This did not fail.");
}

/** The subscription, on the sandbox and on a socket that does as it is told. */

import { expect, test } from "vitest";

import { APIError, Client, PermissionDeniedError, TimeoutError, TransportError, WikiJS } from "../../generated/typescript/src/index.js";
import { loggingLiveTrail } from "../../generated/typescript/src/generated/operations/index.js";
import { type Socket, subscribe, type SubscribeOptions } from "../../generated/typescript/src/subscriptions.js";
import { errorOf, given } from "./support.js";

const line = (output: string): object => ({ type: "data", payload: { data: { loggingLiveTrail: { level: "info", output, timestamp: "now" } } } });

/** A WebSocket of which the server says these messages once the subscription has started. */
function speaking(...said: (object | string | number)[]): { WebSocket: NonNullable<SubscribeOptions["WebSocket"]>; heard: any[]; closed: () => boolean } {
  const heard: any[] = [];
  let closed = false;
  class Fake implements Socket {
    listeners: Record<string, (event: any) => void> = {};
    constructor(url: string, protocol: string) {
      heard.push([url, protocol]);
      queueMicrotask(() => this.listeners.open!({}));
    }
    addEventListener(type: string, listener: (event: any) => void): void {
      this.listeners[type] = listener;
    }
    close(): void {
      closed = true;
    }
    send(text: string): void {
      const message = JSON.parse(text);
      heard.push(message);
      if (message.type === "connection_init" && said[0] !== "silence") this.say(said[0] as object);
      if (message.type === "start") for (const each of said.slice(1)) this.say(each);
    }
    say(each: object | string | number): void {
      if (typeof each === "number") this.listeners.close!({ code: each });
      else if (each === "error") this.listeners.error!({});
      else this.listeners.message!({ data: typeof each === "string" ? each : JSON.stringify(each) });
    }
  }
  return { WebSocket: Fake, heard, closed: () => closed };
}

const client = new Client({ url: "https://wiki.example.com", token: () => "secret", timeout: 50 });
const ack = { type: "connection_ack" };

async function all(options: SubscribeOptions): Promise<string[]> {
  const found: string[] = [];
  for await (const { output } of subscribe(client, loggingLiveTrail(), options)) found.push(output);
  return found;
}

test("values come until the server ends it", async () => {
  const { WebSocket, heard, closed } = speaking(ack, { type: "ka" }, line("one"), line("two"), { type: "complete" });
  expect(await all({ WebSocket })).toEqual(["one", "two"]);
  expect(heard[0]).toEqual(["wss://wiki.example.com/graphql-subscriptions", "graphql-ws"]);
  expect(heard[1]).toEqual({ type: "connection_init", payload: { token: "secret" } });
  expect(heard[2]).toMatchObject({ type: "start", id: "1", payload: { operationName: "LoggingLiveTrail" } });
  expect(closed()).toBe(true);
});

test.each([
  ["a refusal", [{ type: "connection_error", payload: { message: "Unauthorized" } }], PermissionDeniedError],
  ["a refusal by closing", [ack, 1011], PermissionDeniedError],
  ["a lost connection", [ack, line("one"), 1006], TransportError],
  ["a broken connection", [ack, "error"], TransportError],
  ["an error", [ack, { type: "error", payload: { message: "odd" } }], APIError],
  ["an error in a value", [ack, { type: "data", payload: { errors: [{ message: "Forbidden" }] } }], PermissionDeniedError],
  ["nonsense", [ack, "{"], SyntaxError],
  ["silence", ["silence"], TimeoutError],
])("%s ends it with an error", async (_, said, type) => {
  const { WebSocket, closed } = speaking(...(said as object[]));
  expect(await errorOf(all({ WebSocket }))).toBeInstanceOf(type);
  expect(closed()).toBe(true);
});

test("it ends with its signal, and with the loop", async () => {
  const stop = new AbortController();
  const speaker = speaking(ack, line("one"));
  const error = await errorOf(
    (async () => {
      for await (const each of subscribe(client, loggingLiveTrail(), { WebSocket: speaker.WebSocket, signal: stop.signal })) stop.abort(new Error(each.output));
    })(),
  );
  expect(error.message).toBe("one");
  const left = speaking(ack, line("one"), line("two"));
  for await (const { output } of subscribe(client, loggingLiveTrail(), { WebSocket: left.WebSocket })) {
    expect(output).toBe("one");
    break;
  }
  expect(left.closed()).toBe(true);
  expect((await errorOf(all({ WebSocket: left.WebSocket, signal: AbortSignal.abort() }))).name).toBe("AbortError");
});

test("it works on the sandbox, with a login token only", async () => {
  const { url, key } = given.wiki;
  const busy = new WikiJS({ url, token: key });
  const person = new WikiJS({ url, token: given.login });
  const stop = setInterval(() => void busy.pages.upsert("sdk/log", { title: "L", content: `${Math.random()}` }).catch(() => undefined), 100);
  try {
    for await (const { level, output } of subscribe(person, loggingLiveTrail(), { signal: AbortSignal.timeout(20_000) })) {
      expect(level).toBeTypeOf("string");
      expect(output).toBeTypeOf("string");
      break;
    }
  } finally {
    clearInterval(stop);
  }
  const refused = await errorOf((async () => { for await (const _ of subscribe(busy, loggingLiveTrail())) break; })());
  expect(refused).toBeInstanceOf(PermissionDeniedError);
});

test("without any WebSocket it says what to do", async () => {
  const there = (globalThis as any).WebSocket;
  delete (globalThis as any).WebSocket;
  try {
    expect((await errorOf(all({}))).message).toContain("package ws");
  } finally {
    (globalThis as any).WebSocket = there;
  }
});

// Copied from wikijs/codegen/typescript/sources/. Edit it there, and run `make generate`.

/** Server-sent events by `fetch`, which can send a key; a stream that breaks off is taken up where it ended. */

import { type CallOptions, type Client, sleep } from "../core/client.js";
import { TransportError } from "../core/errors.js";
import { failure, GatewayError } from "./problem.js";

/** One message of a stream. */
export interface Message {
  readonly event: string;
  readonly data: string;
  /** Id of the last message that had one. */
  readonly id: string;
}

export interface StreamOptions extends Pick<CallOptions, "signal"> {
  /** Attempts in a row that bring nothing, until it is given up; 10 unless given. */
  retries?: number | undefined;
  /** Milliseconds of silence after which a stream is taken for a dead one; 60,000 unless given. */
  idle?: number | undefined;
  /** Told of each attempt to take it up again. */
  onReconnect?: ((attempt: number, error: unknown) => void) | undefined;
}

const LARGEST = 16_777_216;

/** Messages of a stream, for ever: it is taken up again after `Last-Event-ID` whenever it ends. */
export async function* streamed(
  client: Client,
  operation: string,
  path: string,
  last: string,
  { signal, retries = 10, idle = 60_000, onReconnect }: StreamOptions,
): AsyncGenerator<Message, void> {
  let pause = 1_000;
  for (let failed = 0; ; ) {
    const own = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const awake = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => own.abort(new TransportError("The stream was silent for too long.", { operation })), idle);
    };
    let problem: unknown;
    try {
      awake();
      const headers = { accept: "text/event-stream", ...(last && { "last-event-id": last }) };
      const both = AbortSignal.any(signal ? [own.signal, signal] : [own.signal]);
      const response = await client.request(
        { field: operation, rules: undefined },
        path,
        { method: "GET", headers },
        { signal: both, retries: 0, timeout: 0x7fffffff },
        async (found) => {
          if (!found.ok) throw await failure(found, operation);
          return found;
        },
      );
      for await (const { retry, ...message } of parsed(response.body!, last, awake, both)) {
        if (retry !== undefined) pause = Math.min(retry, 30_000);
        if (message.id !== last) last = message.id;
        if (!message.data) continue;
        failed = 0;
        yield message;
      }
    } catch (error) {
      signal?.throwIfAborted();
      // What is refused now will be refused again.
      if (error instanceof GatewayError && error.status < 500 && error.status !== 429) throw error;
      problem = error;
    } finally {
      clearTimeout(timer);
      own.abort();
    }
    if (failed++ >= retries) throw problem ?? new TransportError("The stream ended again and again.", { operation });
    onReconnect?.(failed, problem);
    const asked = (problem as GatewayError | undefined)?.retryAfter ?? 0;
    await sleep(Math.max(asked, Math.random() * Math.min(30_000, pause * 2 ** (failed - 1))), signal);
  }
}

/** Messages in bytes, as the standard says; ids and times to wait alone are messages without data. */
export async function* parsed(
  bytes: ReadableStream<Uint8Array<ArrayBuffer>>,
  id = "",
  onBytes: () => void = () => {},
  signal?: AbortSignal,
): AsyncGenerator<Message & { retry?: number }, void> {
  const reader = bytes.pipeThrough(new TextDecoderStream()).getReader();
  const cancel = (): void => void reader.cancel().catch(() => {});
  signal?.addEventListener("abort", cancel);
  let rest = "";
  let event = "";
  let data: string[] = [];
  try {
    for (;;) {
      const { done, value } = await reader.read();
      onBytes();
      signal?.throwIfAborted();
      if (done) return; // what was not ended by an empty line is not a message
      rest += value;
      if (rest.length > LARGEST) throw new TransportError("A message of the stream is too large.");
      const lines = rest.split(/\r\n|\n|\r(?!$)/);
      rest = lines.pop()!;
      for (const line of lines) {
        if (line === "") {
          if (data.length) yield { event: event || "message", data: data.join("\n"), id };
          event = "";
          data = [];
          continue;
        }
        const [, field, content = ""] = /^([^:]*)(?:: ?([^]*))?$/.exec(line)!;
        if (field === "data") data.push(content);
        else if (field === "event") event = content;
        else if (field === "id" && !content.includes("\0")) id = content;
        else if (field === "retry" && /^\d+$/.test(content)) yield { event: "", data: "", id, retry: Number(content) };
      }
    }
  } finally {
    signal?.removeEventListener("abort", cancel);
    cancel();
  }
}

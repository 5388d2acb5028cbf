// Copied from wikijs/codegen/typescript/sources/. Edit it there, and run `make generate`.

/** How far a body was sent: told by streams where there are some, and by XMLHttpRequest in browsers, which have none for that. */

import { Client } from "./core/client.js";

/** Bytes of a part. */
const STEP = 65_536;

type Told = (bytes: number, total: number) => void;

/** The same client, which tells how much of a body that is a `Blob` was sent; begins anew with each attempt. */
export function telling(client: Client, onProgress: Told): Client {
  const { options } = client;
  const fetch = async (url: string, init: RequestInit): Promise<Response> => {
    const { body } = init;
    const send = options.fetch ?? globalThis.fetch;
    if (!(body instanceof Blob)) return send(url, init);
    if (!options.fetch && "XMLHttpRequest" in globalThis) return byXhr(url, init, onProgress);
    if (!("document" in globalThis)) return send(url, { ...init, body: counted(body, onProgress), duplex: "half" } as RequestInit);
    const response = await send(url, init);
    onProgress(body.size, body.size);
    return response;
  };
  const onToken = (token: string): void => {
    if (typeof options.token !== "function") options.token = token;
    options.onToken?.(token);
  };
  return new Client({ ...options, fetch, onToken });
}

/** Random and unique. (`crypto.randomUUID` is missing in pages that came without TLS.) */
export const unique = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(18)), (byte) => byte.toString(36).padStart(2, "0")).join("");

/** The bytes of an answer, told as they come. */
export async function collected(response: Response, type: string, onProgress: Told | undefined): Promise<Blob> {
  const parts: BlobPart[] = [];
  const total = Number(response.headers.get("content-length")) || 0;
  let bytes = 0;
  for (const reader = response.body!.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) return new Blob(parts, { type });
    parts.push(value);
    onProgress?.((bytes += value.length), total);
  }
}

/** A stream of a blob that tells how far it was read. (`blob.stream()` may give all of it at once.) */
function counted(blob: Blob, onProgress: Told): ReadableStream<Uint8Array> {
  let bytes = 0;
  const pull = async (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
    if (bytes >= blob.size) return controller.close();
    const part = new Uint8Array(await blob.slice(bytes, bytes + STEP).arrayBuffer());
    controller.enqueue(part);
    onProgress((bytes += part.length), blob.size);
  };
  return new ReadableStream({ pull }, { highWaterMark: 0 });
}

/** What `fetch` does, by the older way, which tells how far an upload is. */
const byXhr = (url: string, { method, headers, body, signal }: RequestInit, onProgress: Told): Promise<Response> =>
  new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const xhr = new XMLHttpRequest();
    xhr.open(method ?? "GET", url);
    for (const [name, value] of Object.entries(headers as Record<string, string>)) xhr.setRequestHeader(name, value);
    xhr.responseType = "blob";
    xhr.upload.onprogress = ({ loaded, total }) => onProgress(loaded, total);
    xhr.onerror = () => reject(new TypeError("Failed to fetch"));
    xhr.onload = () => {
      // It follows redirects, which `fetch` is told not to do.
      if (xhr.responseURL && xhr.responseURL !== new URL(url).href) return reject(new TypeError("Redirected"));
      const lines = xhr.getAllResponseHeaders().trim().split(/[\r\n]+/).filter(Boolean);
      const found = lines.map((line): [string, string] => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()]);
      const empty = [204, 205, 304].includes(xhr.status);
      resolve(new Response(empty ? null : (xhr.response as Blob), { status: xhr.status, headers: found }));
    };
    signal?.addEventListener("abort", () => {
      xhr.abort();
      reject(signal.reason);
    });
    xhr.send(body as XMLHttpRequestBodyInit);
  });

/** The entry for gateways, on a real gateway over the sandbox. */

import { describe, expect, test, vi } from "vitest";

import {
  AuthenticationError, ConflictError, Gateway, GatewayError, isEvent, JobError, NotFoundError, OutcomeUnknownError,
  PermissionDeniedError, RateLimitError, TransportError, ValidationError,
} from "../../generated/typescript/src/gateway/index.js";
import { parsed, streamed } from "../../generated/typescript/src/gateway/streaming.js";
import { ROUTES } from "../../generated/typescript/src/generated/gateway.js";
import { WikiJS } from "../../generated/typescript/src/index.js";
import { answering, errorOf, failed, given, json } from "./support.js";

const { url, key } = given.gateway;
const gateway = new Gateway({ url, token: key });
let number = 0;
const place = (): string => `gate/page-${++number}`;
const page = { title: "Title", content: "# Text\n\n## Part\n\nold\n", tags: ["gate"] };
const problem = (status: number, kind: string, more: object = {}, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify({ type: `/docs/errors#${kind}`, title: kind, status, detail: `${kind}.`, ...more }), {
    status,
    headers: { "content-type": "application/problem+json", ...headers },
  });
const of = (...replies: Parameters<typeof answering>): [Gateway, ReturnType<typeof answering>["sent"]] => {
  const { fetch, sent } = answering(...replies);
  return [new Gateway({ url: "https://gate.example.com/", token: "wkg_x", fetch, retries: 2 }), sent];
};
const headersOf = (init: RequestInit): Record<string, string> => init.headers as Record<string, string>;

describe("pages", () => {
  test("are read with a tag, changed with it, and refused when it is old", async () => {
    const path = place();
    const made = await gateway.pages.create({ path, ...page });
    expect(made.etag).toMatch(/^"/);
    const read = await gateway.pages.get(made.id);
    expect(read).toMatchObject({ path, content: page.content, etag: made.etag });
    expect(await gateway.pages.get(made.id, {}, { known: read })).toBe(read);
    const changed = await gateway.pages.update(read, { title: "New" });
    expect(changed.title).toBe("New");
    expect(changed.etag).not.toBe(read.etag);
    const late = await errorOf(gateway.pages.update(read, { title: "Late" }));
    expect(late).toBeInstanceOf(ConflictError);
    expect(late).toMatchObject({ status: 412, slug: "page-changed", outcome: "rejected" });
    expect(late.requestId).toBeTruthy();
    expect((await errorOf(gateway.pages.update(made.id, { title: "Blind" }))).status).toBe(428);
    expect((await gateway.pages.getByPath("en", `/${path}`, { fields: "title" })).title).toBe("New");
    const part = await gateway.pages.updateSection(changed, "part", { text: "## Part\n\nnew\n" });
    expect(part.etag).toBeTruthy();
    expect((await gateway.pages.get(made.id)).content).toBe("# Text\n\n## Part\n\nnew\n");
    expect((await gateway.pages.move(made.id, { path: `${path}-moved` })).path).toBe(`${path}-moved`);
    await gateway.pages.delete(made.id, { ifMatch: "*" });
    expect(await errorOf(gateway.pages.get(made.id))).toBeInstanceOf(NotFoundError);
  });

  test("are created or changed by where they are", async () => {
    const path = place();
    const first = await gateway.pages.put("en", path, page, { ifMatch: "*" });
    const second = await gateway.pages.put("en", path, { ...page, title: "Again" }, { ifMatch: first.etag });
    expect([second.id, second.title]).toEqual([first.id, "Again"]);
  });

  test("are listed part by part", async () => {
    for (let each = 0; each < 5; each++) await gateway.pages.create({ path: `gate-list/page-${each}`, ...page });
    const list = gateway.pages.list({ folder: "gate-list", limit: 2, sort: "path", tags: ["gate"] });
    const seen: string[] = [];
    for await (const { path } of list) seen.push(path!);
    expect(seen).toEqual([0, 1, 2, 3, 4].map((each) => `gate-list/page-${each}`));
    const first = await list.part();
    expect([first.items.length, first.total]).toEqual([2, 5]);
    expect((await list.part(first.next)).items.map(({ path }) => path)).toEqual(seen.slice(2, 4));
    expect(await list.all()).toHaveLength(5);
  });

  test("of a path with dots are not asked for: that would be another address", async () => {
    for (const path of ["../admin/keys", "a/./b", "", "a//b"]) {
      expect(await errorOf(gateway.pages.getByPath("en", path))).toMatchObject({ name: "ConfigurationError", outcome: "not sent" });
    }
    expect(await errorOf(gateway.call("deleteTag", { tag: ".." }))).toMatchObject({ outcome: "not sent" });
    expect(await errorOf(gateway.pages.getByPath("en", "a b/ü?x#y"))).toBeInstanceOf(NotFoundError);
  });
});

describe("every route", () => {
  test("is called by its name", async () => {
    expect(Object.keys(ROUTES).length).toBeGreaterThan(75);
    expect((await gateway.call("healthz")).status).toBeTruthy();
    expect((await gateway.call("listTags", { limit: 500 })).items.length).toBeGreaterThan(0);
    const diffed = await gateway.pages.create({ path: place(), ...page });
    await gateway.pages.update(diffed, { content: "# Other\n" });
    const history = (await gateway.call("getPageHistory", { id: diffed.id })) as { items: { versionId: number }[] };
    expect(await gateway.call("getPageDiff", { id: diffed.id, from: history.items[0]!.versionId })).toContain("+# Other");
    const { value, headers } = await gateway.exchange("getSite");
    expect(value).toHaveProperty("title");
    expect(headers.get("x-request-id")).toBeTruthy();
  });

  test("tells what is wrong with what it is given", async () => {
    const error = await errorOf(gateway.call("createGroup", { body: { name: 1 as never } }));
    expect(error).toBeInstanceOf(ValidationError);
    expect(error.problem.errors[0].pointer).toBe("/name");
    expect(await errorOf(new Gateway({ url }).usage.me())).toBeInstanceOf(AuthenticationError);
  });
});

describe("files", () => {
  test("go up and come down with progress, JSON too", async () => {
    const stored = await gateway.assets.upload(new Blob(['{"a": 1}'], { type: "application/json" }), { folder: "gate", name: "data.json" });
    const onProgress = vi.fn();
    const blob = await gateway.assets.download(`/gate/${stored.filename}`, { onProgress });
    expect(await blob.text()).toBe('{"a": 1}');
    expect(onProgress).toHaveBeenLastCalledWith(8, expect.any(Number));
    const steps: number[][] = [];
    await gateway.assets.upload(new Blob([new Uint8Array(200_000)]), { folder: "gate", name: "zeros.bin" }, { onProgress: (...step) => steps.push(step) });
    expect(steps).toEqual([65_536, 131_072, 196_608, 200_000].map((bytes) => [bytes, 200_000]));
    const all = await gateway.assets.list({ folder: "gate" }).all();
    expect(all.map(({ filename }) => filename)).toContain("data.json");
    expect(await errorOf(gateway.assets.upload(new Uint8Array([1]), { folder: "gate", name: "data.json" }))).toBeInstanceOf(ConflictError);
  });
});

describe("jobs", () => {
  const input = (count: number): { pages: object[] } => ({ pages: Array.from({ length: count }, () => ({ path: place(), ...page })) });

  test("tell how far they are, and what became of each item", async () => {
    const pages = input(3).pages;
    pages.push(pages[0]!); // this one cannot be created twice
    const job = await gateway.jobs.create({ kind: "pages.create_many", input: { pages } });
    const progress = vi.fn();
    const end = vi.fn();
    job.on("progress", progress);
    job.on("end", end);
    const off = job.on("progress", () => expect.unreachable());
    off();
    const items = await job.wait({ signal: AbortSignal.timeout(100_000) });
    expect(items.map(({ status }) => status).sort()).toEqual(["done", "done", "done", "failed"]);
    expect(progress).toHaveBeenCalled();
    expect(end).toHaveBeenCalledExactlyOnceWith(job.state);
    expect(job.state).toMatchObject({ state: "done", done: 4, total: 4, failed: 1 });
    expect(await job.items({ status: "failed", limit: 1 }).all()).toHaveLength(1);
    expect((await (await gateway.jobs.get(job.id)).refresh()).state).toBe("done");
    expect((await gateway.jobs.list()).map(({ id }) => id)).toContain(job.id);
    const again = await job.retry();
    expect((await again.wait({ signal: AbortSignal.timeout(100_000) }))[0]).toMatchObject({ status: "failed" });
    expect(again.state.retryOf).toBe(job.id);
  });

  test("that are cancelled are told as such; a wait can be given up", async () => {
    const job = await gateway.jobs.create({ kind: "pages.create_many", input: input(400) });
    const controller = new AbortController();
    const waiting = errorOf(job.wait({ signal: controller.signal }));
    controller.abort(new Error("enough"));
    expect((await waiting).message).toBe("enough");
    await job.cancel();
    const error = await errorOf(job.wait({ signal: AbortSignal.timeout(100_000) }));
    expect(error).toBeInstanceOf(JobError);
    expect(error.job.state).toBe("cancelled");
    expect(await errorOf(gateway.jobs.get("nonsense"))).toBeInstanceOf(NotFoundError);
  });
});

describe("events", () => {
  test("come as they happen, and go on where the stream broke off", { timeout: 120_000 }, async () => {
    const asked: string[] = [];
    let cut = 1; // the first stream ends in the middle of its second message
    const half = new TextEncoder().encode('id: 999999999\ndata: {"id":');
    const cutting = new Gateway({
      url,
      token: () => key,
      fetch: async (address, init) => {
        const response = await fetch(address, init);
        if (!address.includes("/events")) return response;
        asked.push(headersOf(init)["last-event-id"] ?? "");
        if (cut-- <= 0) return response;
        const body = response.body!.pipeThrough(
          new TransformStream({
            transform(part, controller) {
              controller.enqueue(part);
              if (!new TextDecoder().decode(part).includes("data:")) return;
              controller.enqueue(half);
              controller.terminate();
            },
          }),
        );
        return new Response(body, response);
      },
    });
    await gateway.pages.create({ path: place(), ...page });
    const paths = [place(), place(), place()];
    const seen: string[] = [];
    const numbers: number[] = [];
    const reconnected = vi.fn();
    const controller = new AbortController();
    const giveUp = AbortSignal.any([controller.signal, AbortSignal.timeout(110_000)]);
    const watching = (async () => {
      for await (const event of cutting.events.watch({ after: 0, types: ["page.*"], onReconnect: reconnected, signal: giveUp })) {
        numbers.push((event as { sequence: number }).sequence);
        if (isEvent(event, "page.created") && paths.includes(event.data.page.path)) seen.push(event.data.page.path);
        if (seen.length === paths.length) return;
      }
    })();
    await vi.waitFor(() => expect(reconnected).toHaveBeenCalled(), { timeout: 45_000 });
    for (const path of paths) await gateway.pages.create({ path, ...page });
    await watching;
    expect(seen).toEqual(paths);
    expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
    expect(asked[0]).toBe("0");
    expect(Number(asked[1])).toBeGreaterThan(0);
    expect(Number(asked[1])).toBeLessThan(999_999_999); // what did not come whole does not count
    const listed = await gateway.events.list({ limit: 2 }).all();
    expect(listed.length).toBeGreaterThanOrEqual(3);
    expect(await gateway.events.ticket()).toMatch(/^[\w-]{20,}$/);
  });

  test("are read in whatever pieces they come", async () => {
    const text = "\uFEFF: hello\r\nretry: 5\r\n\r\nid: 7\nevent: a\ndata: ü1\ndata: 2\n\ndata\n\nid: x\0y\ndata:{}\r\rdata: not ended";
    const bytes = new TextEncoder().encode(text);
    for (const size of [1, 2, 3, 7, 1000]) {
      const pieces = new ReadableStream<Uint8Array<ArrayBuffer>>({
        start(controller) {
          for (let at = 0; at < bytes.length; at += size) controller.enqueue(bytes.slice(at, at + size));
          controller.close();
        },
      });
      const found = [];
      for await (const message of parsed(pieces)) found.push(message);
      expect(found).toEqual([
        { event: "", data: "", id: "", retry: 5 },
        { event: "a", data: "ü1\n2", id: "7" },
        { event: "message", data: "", id: "7" },
        { event: "message", data: "{}", id: "7" },
      ]);
    }
  });

  test("that are refused, silent or too large are told", async () => {
    const watch = (each: Gateway): AsyncGenerator<unknown> => streamed(each.client, "streamEvents", "/api/v1/events", "", { retries: 1, idle: 30 });
    const [refused, asked] = of(problem(403, "scope-missing"));
    expect(await errorOf(watch(refused).next())).toBeInstanceOf(PermissionDeniedError);
    expect(asked).toHaveLength(1);
    const silent = (): Response => new Response(new ReadableStream({}), { headers: { "content-type": "text/event-stream" } });
    const [never, again] = of(silent); // its body does not know of the signal
    expect((await errorOf(watch(never).next())).message).toContain("silent for too long");
    expect(again).toHaveLength(2);
    const [down, tries] = of(failed("ECONNREFUSED"));
    expect(await errorOf(watch(down).next())).toBeInstanceOf(TransportError);
    expect(tries).toHaveLength(2);
    const endless = new ReadableStream<Uint8Array<ArrayBuffer>>({ pull: (controller) => controller.enqueue(new Uint8Array(1_048_576).fill(97)) });
    expect((await errorOf(parsed(endless).next())).message).toContain("too large");
  });
});

describe("administration", () => {
  test("of webhooks", async () => {
    const hook = await gateway.webhooks.create({ url: "https://example.com/hook", events: ["page.*"] });
    expect(hook.secret).toMatch(/^whsec_/);
    expect((await gateway.webhooks.get(hook.id)).secret ?? null).toBeNull();
    expect((await gateway.webhooks.update(hook.id, { state: "paused" })).state).toBe("paused");
    expect((await gateway.webhooks.rotate(hook.id, 60)).secret).not.toBe(hook.secret);
    expect(await gateway.webhooks.deliveries(hook.id)).toEqual(expect.any(Array));
    expect((await gateway.webhooks.list()).map(({ id }) => id)).toContain(hook.id);
    expect(await errorOf(gateway.webhooks.redeliver(hook.id, "1.1"))).toBeInstanceOf(NotFoundError);
    await gateway.webhooks.delete(hook.id);
    expect(await errorOf(gateway.webhooks.test(hook.id))).toBeInstanceOf(NotFoundError);
    expect(await errorOf(gateway.webhooks.create({ url: "http://127.0.0.1/" }))).toBeInstanceOf(ValidationError);
  });

  test("of keys and what is used", async () => {
    const made = await gateway.keys.create({ name: "reader", scopes: ["pages:read"], prefixes: ["gate"] });
    const reader = new Gateway({ url, token: made.key! });
    expect((await reader.usage.me()).scopes).toEqual(["pages:read"]);
    expect(await errorOf(reader.pages.create({ path: place(), ...page }))).toBeInstanceOf(PermissionDeniedError);
    expect((await gateway.keys.update(made.id, { name: "other" })).name).toBe("other");
    expect((await gateway.keys.get(made.id)).key ?? null).toBeNull();
    const rotated = await gateway.keys.rotate(made.id);
    expect(rotated.key).not.toBe(made.key);
    expect((await gateway.keys.revoke(made.id)).state).toBe("revoked");
    expect(await errorOf(reader.usage.me())).toBeInstanceOf(AuthenticationError);
    expect((await gateway.keys.list()).length).toBeGreaterThan(1);
    expect(await gateway.usage.mine({ hours: 2 })).toHaveProperty("items");
    expect(await gateway.usage.all({ hours: 2 })).toHaveProperty("items");
    expect(await gateway.usage.limits()).toHaveProperty("daily");
  });
});

describe("writes", () => {
  const group = { id: 1, name: "x" };

  test("are sent again with the same key until it is known what became of them", async () => {
    const [each, sent] = of(failed("ECONNRESET"), new Response("<html>", { status: 502 }), json(group, { status: 201 }));
    expect(await each.call("createGroup", { body: { name: "x" } })).toEqual(group);
    expect(sent.map(({ init }) => headersOf(init)["idempotency-key"])).toEqual(Array(3).fill(expect.stringMatching(/^[\w-]{36}$/)));
    expect(new Set(sent.map(({ init }) => headersOf(init)["idempotency-key"])).size).toBe(1);
    expect(headersOf(sent[0]!.init).authorization).toBe("Bearer wkg_x");
    expect(sent[0]!.url).toBe("https://gate.example.com/api/v1/groups");
    const [mine, asked] = of(json(group, { status: 201 }));
    await mine.call("createGroup", { body: { name: "x" } }, { idempotencyKey: "mine" });
    expect(headersOf(asked[0]!.init)["idempotency-key"]).toBe("mine");
  });

  test("that are under way are asked for until they are done", async () => {
    const running = problem(409, "idempotency-running", {}, { "retry-after": "0.001" });
    const [each, sent] = of(failed("ECONNRESET"), running, running, running, running, json(group, { status: 201 }));
    expect(await each.call("createGroup", { body: { name: "x" } })).toEqual(group);
    expect(sent).toHaveLength(6);
  });

  test.each([
    ["nobody answered", [failed("ECONNRESET")], 3],
    ["the gateway does not know", [problem(504, "outcome-unknown", { outcome: "unknown" })], 1],
    ["the gateway broke", [problem(500, "internal")], 1],
    ["a lost one is refused at the door", [failed("ECONNRESET"), problem(401, "key-unknown")], 2],
    ["a proxy answered", [new Response("<html>", { status: 503 })], 3],
    ["the answer is no JSON", [new Response("<html>", { headers: { "content-type": "text/html" } })], 1],
  ])("are in doubt when %s", async (_, replies, attempts) => {
    const [each, sent] = of(...(replies as [Response]));
    const error = await errorOf(each.call("createGroup", { body: { name: "x" } }));
    expect(error).toBeInstanceOf(OutcomeUnknownError);
    expect(error.outcome).toBe("unknown");
    expect(sent).toHaveLength(attempts);
  });

  test.each([
    ["refused", [problem(409, "conflict")], ConflictError, "rejected", 1],
    ["refused after an attempt that was lost", [failed("ECONNRESET"), problem(422, "validation")], ValidationError, "rejected", 2],
    ["never sent", [failed("ECONNREFUSED")], TransportError, "not sent", 3],
    ["too many", [problem(429, "rate-limit", {}, { "retry-after": "0.001" })], RateLimitError, "rejected", 3],
    ["done, and something after it was not", [problem(502, "follow-up", { outcome: "applied" })], GatewayError, "applied", 1],
  ])("that are %s are told so", async (_, replies, kind, outcome, attempts) => {
    const [each, sent] = of(...(replies as [Response]));
    const error = await errorOf(each.call("createGroup", { body: { name: "x" } }));
    expect(error).toBeInstanceOf(kind);
    expect(error).not.toBeInstanceOf(OutcomeUnknownError);
    expect(error.outcome).toBe(outcome);
    expect(sent).toHaveLength(attempts);
  });

  test("without a key are not repeated: a token that was renewed already would end its family", async () => {
    const [each, sent] = of(failed("ECONNRESET"));
    expect(await errorOf(each.call("refreshToken", { body: { refreshToken: "x" } }))).toBeInstanceOf(OutcomeUnknownError);
    expect(sent).toHaveLength(1);
    expect(headersOf(sent[0]!.init)).not.toHaveProperty("idempotency-key");
  });

  test("through a proxy that spoils every other request: none is lost, none is done twice", { timeout: 120_000 }, async () => {
    const faulty = new Gateway({ url: given.gateway.faulty, token: key, retries: 8, timeout: 20_000 });
    const wiki = new WikiJS({ url: given.wiki.url, token: given.wiki.key });
    const said: Record<string, number> = { done: 0, unknown: 0, other: 0 };
    const names = Array.from({ length: 20 }, (_, index) => `gate-faults-${index}`);
    const outcomes = new Map<string, string>();
    for (const name of names) {
      const outcome = await faulty.call("createGroup", { body: { name } }).then(
        () => "done",
        (error) => (error instanceof OutcomeUnknownError ? "unknown" : "other"),
      );
      outcomes.set(name, outcome);
      said[outcome]!++;
    }
    const there = (await wiki.groups.list()).map(({ name }) => name);
    for (const name of names) {
      const count = there.filter((each) => each === name).length;
      if (outcomes.get(name) === "unknown") expect(count).toBeLessThanOrEqual(1);
      else expect(count).toBe(outcomes.get(name) === "done" ? 1 : 0);
    }
    console.log("done of 20 through the gateway:", said);
    expect(said.done).toBeGreaterThan(16);
  });
});

test("a token of a function, headers and a time limit are sent", async () => {
  const { fetch, sent } = answering(json({ items: [] }));
  const each = new Gateway({ url: "https://gate.example.com", token: async () => "later", headers: { "x-request-id": "mine" }, fetch });
  await each.pages.list({ tags: ["a", "b"], published: true }, { timeout: 50 }).all();
  expect(headersOf(sent[0]!.init)).toMatchObject({ authorization: "Bearer later", "x-request-id": "mine" });
  expect(sent[0]!.url).toBe("https://gate.example.com/api/v1/pages?tags=a&tags=b&published=true");
});

/** The small client, on answers as servers, proxies and networks give them. */

import { afterEach, describe, expect, test, vi } from "vitest";

import * as sdk from "../../generated/typescript/src/core/index.js";
import { clean } from "../../generated/typescript/src/core/text.js";
import { sleep } from "../../generated/typescript/src/core/client.js";
import { describe as describeCode, ErrorCode } from "../../generated/typescript/src/generated/errors.js";
import { FACTS } from "../../generated/typescript/src/generated/facts.js";
import {
  authenticationCreateApiKey,
  commentsCreate,
  groupsCreate,
  pagesCreate,
  pagesDelete,
  pagesHistory,
  pagesList,
  pagesMove,
  pagesSingle,
  systemInfoVersion,
  usersCreate,
} from "../../generated/typescript/src/generated/operations/index.js";
import { answering, errorOf, failed, json, wrong } from "./support.js";

const { Client } = sdk;
const url = "https://wiki.example.com";
const listed = json({ data: { pages: { list: [{ id: 1 }] } } });
const done = { succeeded: true, errorCode: 0, slug: "ok", message: "" };
const moved = (status: object): Response => json({ data: { pages: { move: { responseResult: status } } } });
const move = pagesMove({ id: 1, destinationPath: "a/b", destinationLocale: "en" });

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

/** No waiting between attempts. */
const hasty = (): void => void vi.spyOn(Math, "random").mockReturnValue(0);

describe("a request", () => {
  test("carries token and headers, and exactly the content type that renews tokens by a header", async () => {
    const { fetch, sent } = answering(listed);
    const client = new Client({ url: `${url}/graphql`, token: "abc", headers: { "x-one": "1" }, fetch });
    expect(await client.execute(pagesList({ limit: 3 }))).toEqual([{ id: 1 }]);
    expect(sent[0]!.url).toBe(`${url}/graphql`);
    expect(sent[0]!.init.headers).toEqual({ "x-one": "1", "content-type": "application/json", authorization: "Bearer abc" });
    expect(sent[0]!.init.redirect).toBe("manual");
    expect(sent[0]!.body.variables).toEqual({ limit: 3 });
  });

  test("of a guest carries no token", async () => {
    const { fetch, sent } = answering(listed);
    await new Client({ url, fetch }).execute(pagesList());
    expect(sent[0]!.init.headers).not.toHaveProperty("authorization");
  });

  test("goes to what is a URL only", () => {
    expect(() => new Client({ url: "wiki.example.com" })).toThrow(TypeError);
  });

  test("takes the token that a function gives, each time", async () => {
    const { fetch, sent } = answering(listed);
    let number = 0;
    const client = new Client({ url, fetch, token: async () => `t${++number}` });
    await client.execute(pagesList());
    await client.execute(pagesList());
    expect(sent.map(({ init }) => (init.headers as any).authorization)).toEqual(["Bearer t1", "Bearer t2"]);
  });

  test("goes on with the token that the server renewed, and tells it", async () => {
    const { fetch, sent } = answering(json({ data: { pages: { list: [] } } }, { headers: { "new-jwt": "two" } }), listed);
    const told: string[] = [];
    const client = new Client({ url, fetch, token: "one", onToken: (token) => told.push(token) });
    await client.execute(pagesList());
    await client.execute(pagesList());
    expect(told).toEqual(["two"]);
    expect((sent[1]!.init.headers as any).authorization).toBe("Bearer two");
  });

  test("leaves a renewed token to the function that gives tokens", async () => {
    const { fetch, sent } = answering(json({ data: { pages: { list: [] } } }, { headers: { "new-jwt": "two" } }), listed);
    const onToken = vi.fn();
    const client = new Client({ url, fetch, token: () => "one", onToken });
    await client.execute(pagesList());
    await client.execute(pagesList());
    expect(onToken).toHaveBeenCalledWith("two");
    expect((sent[1]!.init.headers as any).authorization).toBe("Bearer one");
  });

  test("uses the global fetch unless told otherwise", async () => {
    vi.stubGlobal("fetch", answering(listed).fetch);
    expect(await new Client({ url }).execute(pagesList())).toHaveLength(1);
  });
});

describe("an answer", () => {
  const client = (answer: Response, options: Partial<sdk.ClientOptions> = {}): sdk.Client =>
    new Client({ url, fetch: answering(answer).fetch, retries: 0, ...options });

  test("that refuses says why only where the text is made fit to show", async () => {
    const answer = json({ data: { pages: { single: null } }, errors: [wrong("This page does not exist. eyJhbGciOi.x.y", 6003, ["pages", "single"])] });
    const short = await errorOf(client(answer).execute(pagesSingle({ id: 1 })));
    expect(short).toBeInstanceOf(sdk.NotFoundError);
    expect(short.message).toBe("pages.single: The server refused (6003).");
    expect(short).toMatchObject({ code: 6003, operation: "pages.single", errors: [], name: "APIError" });
    const full = await errorOf(client(answer, { explain: sdk.explain }).execute(pagesSingle({ id: 1 })));
    expect(full).toBeInstanceOf(sdk.NotFoundError);
    expect(full.message).toBe("pages.single: This page does not exist. <token>");
    expect(full).toMatchObject({ name: "NotFoundError", errors: [{ message: "This page does not exist. <token>", path: ["pages", "single"], code: 6003 }] });
  });

  test.each([
    [sdk.PermissionDeniedError, "Forbidden", 0],
    [sdk.AuthenticationError, "Unauthorized", 0],
    [sdk.ServerError, "whatever it is", 0],
    [sdk.AuthenticationError, "x", 1013],
    [sdk.RateLimitError, "x", 1008],
    [sdk.ConflictError, "x", 6002],
    [sdk.ValidationError, "x", 6005],
    [sdk.PermissionDeniedError, "x", 6013],
    [sdk.ServerError, "x", 9999],
  ])("is a %o for %s %i, with and without the server's words", async (type, message, code) => {
    const answer = json({ data: null, errors: [wrong(message, code)] });
    const bases = [sdk.AuthenticationError, sdk.PermissionDeniedError, sdk.NotFoundError, sdk.ConflictError, sdk.ValidationError, sdk.RateLimitError, sdk.ServerError];
    for (const options of [{}, { explain: sdk.explain }]) {
      const error = await errorOf(client(answer, options).execute(pagesList()));
      expect(bases.filter((base) => error instanceof base)).toEqual([type]);
      expect(error).toBeInstanceOf(sdk.APIError);
      expect(error).toBeInstanceOf(sdk.WikiJSError);
    }
  });

  test("without a code is told by its text, where the text is known", async () => {
    const answer = json({ data: null, errors: [wrong("Cannot read property 'x' of undefined")] });
    expect(await errorOf(client(answer, { explain: sdk.explain }).execute(pagesHistory({ id: 1 })))).toBeInstanceOf(sdk.NotFoundError);
    expect(await errorOf(client(answer, { explain: sdk.explain }).execute(pagesList()))).toBeInstanceOf(sdk.ServerError);
  });

  test("that is refused before GraphQL is still an answer of Wiki.js", async () => {
    const answer = json({ data: {}, errors: [{ message: "API is disabled. You must enable it", path: [] }] }, { status: 500 });
    const error = await errorOf(client(answer, { explain: sdk.explain }).execute(pagesList()));
    expect(error).toBeInstanceOf(sdk.AuthenticationError);
    expect(error.status).toBe(500);
  });

  test("of an invalid document is a ValidationError", async () => {
    const answer = json({ errors: [{ message: "Cannot query field", extensions: { code: "GRAPHQL_VALIDATION_FAILED" } }] }, { status: 400 });
    for (const options of [{}, { explain: sdk.explain }]) {
      expect(await errorOf(client(answer, options).execute(pagesList()))).toBeInstanceOf(sdk.ValidationError);
    }
  });

  test.each([
    [302, "text/html", sdk.ConfigurationError],
    [404, "text/html", sdk.ConfigurationError],
    [200, "text/html", sdk.ConfigurationError],
    [401, "text/html", sdk.AuthenticationError],
    [413, "text/html", sdk.ValidationError],
    [429, "text/plain", sdk.RateLimitError],
    [502, "text/html", sdk.ServerError],
    [503, "application/json", sdk.ServerError],
  ])("that is not one, with HTTP %i of %s", async (status, kind, type) => {
    const answer = new Response("{", { status, headers: { "content-type": kind } });
    const error = await errorOf(client(answer).execute(pagesList()));
    expect(error).toBeInstanceOf(type);
    expect(error.message).toContain(`(${status}, ${kind})`);
  });

  test("without anything in it is a failure", async () => {
    expect((await errorOf(client(json({ data: { pages: {} } })).execute(pagesList()))).message).toBe("pages.list: The server refused (no).");
    expect((await errorOf(client(json({ data: { pages: {} } }), { explain: sdk.explain }).execute(pagesList()))).reason).toBe("no result");
  });

  test("that is null where it may be is no failure", async () => {
    const { fetch } = answering(json({ data: { pages: { single: null } } }));
    expect(await new Client({ url, fetch }).execute(pagesSingle({ id: 1 }))).toBeNull();
  });
});

describe("a read", () => {
  test.each([
    ["a lost connection", failed("ECONNRESET")],
    ["a refused connection", failed("ECONNREFUSED")],
    ["502", new Response("", { status: 502 })],
    ["503", new Response("", { status: 503 })],
    ["504", new Response("", { status: 504 })],
    ["429", new Response("", { status: 429 })],
    ["half an answer", new Response('{"data":', { headers: { "content-type": "application/json" } })],
  ])("is repeated after %s", async (_, failure) => {
    hasty();
    const { fetch, sent } = answering(failure, failure, failure, listed);
    const told: sdk.Retrying[] = [];
    expect(await new Client({ url, fetch, onRetry: (retry) => told.push(retry) }).execute(pagesList())).toHaveLength(1);
    expect(sent).toHaveLength(4);
    expect(told.map(({ attempt, operation, wait }) => [attempt, operation, wait])).toEqual([1, 2, 3].map((each) => [each, "pages.list", 0]));
  });

  test("is given up after so many attempts", async () => {
    hasty();
    const { fetch, sent } = answering(failed("ECONNRESET"));
    const error = await errorOf(new Client({ url, fetch }).execute(pagesList(), { retries: 1 }));
    expect(error).toBeInstanceOf(sdk.TransportError);
    expect(error.message).toBe("pages.list: There was no answer (ECONNRESET).");
    expect(sent).toHaveLength(2);
  });

  test.each([500, 400, 404])("is not repeated after %i", async (status) => {
    const { fetch, sent } = answering(new Response("", { status }));
    await errorOf(new Client({ url, fetch }).execute(pagesList()));
    expect(sent).toHaveLength(1);
  });

  test("waits as long as the server asks, and not for hours", async () => {
    const { fetch, sent } = answering(new Response("", { status: 429, headers: { "retry-after": "0.02" } }), listed);
    const started = performance.now();
    await new Client({ url, fetch }).execute(pagesList());
    expect(performance.now() - started).toBeGreaterThan(15);
    const patient = answering(new Response("", { status: 503, headers: { "retry-after": "3600" } }));
    const error = await errorOf(new Client({ url, fetch: patient.fetch }).execute(pagesList()));
    expect(error.retryAfter).toBe(3_600_000);
    expect(sent.length + patient.sent.length).toBe(3);
  });

  test("ends when its signal aborts, with the reason of it", async () => {
    const { fetch, sent } = answering(listed);
    const reason = new Error("changed my mind");
    expect(await errorOf(new Client({ url, fetch }).execute(pagesList(), { signal: AbortSignal.abort(reason) }))).toBe(reason);
    expect(sent).toHaveLength(1);
    const stop = new AbortController();
    vi.spyOn(Math, "random").mockReturnValue(1);
    const waiting = answering(failed("ECONNRESET"));
    const pending = new Client({ url, fetch: waiting.fetch, onRetry: () => stop.abort(reason) }).execute(pagesList(), { signal: stop.signal });
    expect(await errorOf(pending)).toBe(reason);
    expect(waiting.sent).toHaveLength(1);
  });

  test("has so much time", async () => {
    const never = (_: unknown, { signal }: RequestInit): Promise<Response> =>
      new Promise((_, reject) => signal!.addEventListener("abort", () => reject(signal!.reason)));
    const error = await errorOf(new Client({ url, fetch: never, retries: 0 }).execute(pagesList(), { timeout: 5 }));
    expect(error).toBeInstanceOf(sdk.TimeoutError);
    expect(error).toBeInstanceOf(sdk.TransportError);
  });

  test("of a page of another origin says what to do, in a browser", async () => {
    vi.stubGlobal("document", {});
    const error = await errorOf(new Client({ url, fetch: answering(new TypeError("Failed to fetch")).fetch, retries: 0 }).execute(pagesList()));
    expect(error.message).toBe("pages.list: There was no answer (Failed to fetch). Browsers reach only their own origin, or a gateway.");
  });

  test("does not take a failure of the caller's own function for one of the network", async () => {
    const { fetch, sent } = answering(listed);
    const client = new Client({ url, fetch, token: () => Promise.reject(new RangeError("no token")) });
    expect(await errorOf(client.execute(pagesList()))).toBeInstanceOf(RangeError);
    expect(sent).toHaveLength(0);
  });
});

describe("a write", () => {
  test("is judged by its own word before all errors", async () => {
    const { fetch } = answering(json({ data: { pages: { create: { responseResult: done, page: null } } }, errors: [wrong("Cannot return null")] }));
    const page = { path: "a/b", content: "x", description: "", editor: "markdown", isPublished: true, isPrivate: false, locale: "en", tags: [], title: "T" };
    expect(await new Client({ url, fetch }).execute(pagesCreate(page))).toEqual({ responseResult: done, page: null });
  });

  test.each([
    ["not sent", failed("ECONNREFUSED"), true],
    ["not sent", failed("ENOTFOUND"), true],
    ["not sent", failed("UND_ERR_CONNECT_TIMEOUT"), true],
    ["unknown", new Response("", { status: 429 }), false],
    ["rejected", json({ errors: [wrong("Too many requests, please try again in 0 seconds.")] }), true],
    ["unknown", failed("ECONNRESET"), false],
    ["unknown", failed("UND_ERR_SOCKET"), false],
    ["unknown", new TypeError("Failed to fetch"), false],
    ["unknown", new Response("", { status: 502 }), false],
    ["unknown", new Response("", { status: 403 }), false],
    ["unknown", new Response("{", { headers: { "content-type": "application/json" } }), false],
    ["unknown", new Response("", { status: 413 }), false],
    ["rejected", json({ data: {}, errors: [{ message: "request entity too large", path: [] }] }, { status: 413 }), false],
    ["rejected", json({ errors: [{ message: "Cannot query" }] }, { status: 400 }), false],
  ])("is %s after %o, and repeated only where it certainly did nothing", async (outcome, failure, repeated) => {
    hasty();
    const { fetch, sent } = answering(failure, moved(done));
    const result = await new Client({ url, fetch }).execute(move).then(() => "done", (error) => error);
    expect(sent).toHaveLength(repeated ? 2 : 1);
    if (repeated) return;
    expect(result.outcome).toBe(outcome);
    expect(result instanceof sdk.OutcomeUnknownError).toBe(outcome === "unknown");
    if (outcome === "unknown") expect(result.cause).toBeInstanceOf(sdk.WikiJSError);
  });

  test.each([
    [sdk.NotFoundError, "rejected", { errorCode: 6003, slug: "PageNotFound", message: "This page does not exist." }],
    [sdk.NotFoundError, "rejected", { errorCode: 1, slug: "Error", message: "Invalid Page Id" }],
    [sdk.ConflictError, "rejected", { errorCode: 1, slug: "Error", message: "Page is already using this editor." }],
    [sdk.OutcomeUnknownError, "unknown", { errorCode: 1, slug: "Error", message: "rendering failed" }],
    [sdk.OutcomeUnknownError, "unknown", { errorCode: 1, slug: "UniqueViolationError", message: "insert into x values (1) - duplicate key" }],
  ])("that is refused is a %o, %s", async (type, outcome, status) => {
    const { fetch, sent } = answering(moved({ succeeded: false, ...status }));
    const error = await errorOf(new Client({ url, fetch }).execute(move));
    expect(error).toBeInstanceOf(type);
    expect(error.outcome).toBe(outcome);
    expect(error.message).not.toContain("insert into");
    expect(sent).toHaveLength(1);
  });

  test("that did what it should before it failed says so", async () => {
    const { fetch } = answering(json({ data: { users: { create: { responseResult: { succeeded: false, errorCode: 3002, slug: "MailNotConfigured", message: "No mail." } } } } }));
    const error = await errorOf(new Client({ url, fetch }).execute(usersCreate({ email: "a@b.cd", name: "A", providerKey: "local", groups: [] })));
    expect(error).toBeInstanceOf(sdk.ServerError);
    expect(error.outcome).toBe("applied");
    const key = answering(json({ data: { authentication: { createApiKey: { responseResult: { succeeded: false, errorCode: 1, slug: "Error", message: "bad" } } } } }));
    expect((await errorOf(new Client({ url, fetch: key.fetch }).execute(authenticationCreateApiKey({ name: "x", expiration: "?", fullAccess: true })))).outcome).toBe("applied");
  });

  test("waits as long as Wiki.js asks in words", async () => {
    const answer = json({ data: { comments: { create: null } }, errors: [wrong("Too many requests, please try again in 15 seconds.")] });
    const error = await errorOf(new Client({ url, fetch: answering(answer).fetch }).execute(commentsCreate({ pageId: 1, content: "Hello" })));
    expect(error).toBeInstanceOf(sdk.RateLimitError);
    expect(error).toMatchObject({ retryAfter: 15_000, outcome: "rejected" });
  });

  test("without a result is unknown", async () => {
    expect(await errorOf(new Client({ url, fetch: answering(moved({})).fetch }).execute(move))).toBeInstanceOf(sdk.OutcomeUnknownError);
  });

  test("to pages waits for the one before, also of another client of the wiki", async () => {
    let under = 0;
    let most = 0;
    const fetch = async (): Promise<Response> => {
      most = Math.max(most, ++under);
      await sleep(3);
      under--;
      return json({ data: { pages: { delete: { responseResult: done } } } });
    };
    const clients = [new Client({ url, fetch }), new Client({ url: url + "/", fetch })];
    await Promise.all([1, 2, 3, 4].map((id) => clients[id % 2]!.execute(pagesDelete({ id }))));
    expect(most).toBe(1);
    await Promise.allSettled([1, 2, 3].map(() => clients[0]!.execute(groupsCreate({ name: "x" }))));
    expect(most).toBe(3);
  });
});

describe("a batch", () => {
  test("is one document with keys and variables of its own for each", async () => {
    const { fetch, sent } = answering(json({ data: { b0_pages: { single: { id: 7 } }, b1_system: { info: { currentVersion: "2.5.314" } }, b2_pages: { single: { id: 8 } } } }));
    const [one, two, three] = await sdk.batch(new Client({ url, fetch }), [pagesSingle({ id: 7 }), systemInfoVersion(), pagesSingle({ id: 8 })]);
    expect([one.id, two.currentVersion, three.id]).toEqual([7, "2.5.314", 8]);
    const { query, variables, operationName } = sent[0]!.body;
    expect(operationName).toBe("Batch");
    expect(variables).toEqual({ b0_id: 7, b2_id: 8 });
    expect(query).toContain("query Batch($b0_id:Int!$b2_id:Int!){b0_pages:pages{single(id:$b0_id){...Page}} b1_system:system{info{...ServerVersion}}");
    expect(query.match(/fragment Page on/g)).toHaveLength(1);
  });

  test("gives each its own error, and those of the request to all", async () => {
    const answer = json({
      data: { b0_pages: { single: { id: 7 } }, b1_pages: { single: null }, b2_pages: { single: { id: 9 } } },
      errors: [wrong("This page does not exist.", 6003, ["b1_pages", "single"])],
    });
    const operations = [7, 8, 9].map((id) => pagesSingle({ id }));
    const settled = await sdk.batchSettled(new Client({ url, fetch: answering(answer).fetch }), operations);
    expect(settled.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(await errorOf(sdk.batch(new Client({ url, fetch: answering(answer).fetch }), operations))).toBeInstanceOf(sdk.NotFoundError);
    const whole = json({ data: { b0_pages: { single: { id: 7 } } }, errors: [{ message: "odd" }] });
    const all = await sdk.batchSettled(new Client({ url, fetch: answering(whole).fetch }), operations.slice(0, 1));
    expect(all[0]!.status).toBe("rejected");
    const none = json({ data: null, errors: [wrong("Forbidden")] });
    expect(await errorOf(sdk.batch(new Client({ url, fetch: answering(none).fetch }), operations))).toBeInstanceOf(sdk.PermissionDeniedError);
  });

  test("of more than 50 is split", async () => {
    const { fetch, sent } = answering(({ body }) =>
      json({ data: Object.fromEntries(Object.entries(body.variables).map(([name, id]) => [name.replace("id", "pages"), { single: { id } }])) }),
    );
    const ids = Array.from({ length: 120 }, (_, index) => index + 1);
    const pages = await sdk.batch(new Client({ url, fetch }), ids.map((id) => pagesSingle({ id })));
    expect(pages.map(({ id }) => id)).toEqual(ids);
    expect(sent).toHaveLength(3);
    expect(await sdk.batch(new Client({ url, fetch }), [])).toEqual([]);
    expect(sent).toHaveLength(3);
  });

  test("of writes says of which nobody can tell", async () => {
    const answer = json({
      data: { b0_groups: { create: { responseResult: done } }, b1_groups: { create: null } },
      errors: [wrong("odd", undefined, ["b1_groups", "create"])],
    });
    const operations = [groupsCreate({ name: "a" }), groupsCreate({ name: "b" })] as const;
    const [first, second] = await sdk.batchSettled(new Client({ url, fetch: answering(answer).fetch }), operations);
    expect(first.status).toBe("fulfilled");
    expect((second as PromiseRejectedResult).reason).toBeInstanceOf(sdk.OutcomeUnknownError);
    const lost = await errorOf(sdk.batch(new Client({ url, fetch: answering(failed("ECONNRESET")).fetch }), [pagesDelete({ id: 1 })]));
    expect(lost).toBeInstanceOf(sdk.OutcomeUnknownError);
  });

  test("holds reads or writes", async () => {
    expect(await errorOf(sdk.batch(new Client({ url }), [pagesList(), pagesDelete({ id: 1 })]))).toBeInstanceOf(sdk.ConfigurationError);
  });
});

describe("a text of the server", () => {
  test.each([
    ["select * from users where id = 1 - column does not exist", "column does not exist"],
    ["insert into pages (a) values ($1)", "The database refused a statement."],
    ["x - select a from b - delete from c where d", "The database refused a statement."],
    ["Authorization: Bearer abcdef.ghi", "Authorization: Bearer <hidden>"],
    ["password=hunter2 is wrong", "password=<hidden> is wrong"],
    ["bad token eyJhbGciOiJI.abc.def here", "bad token <token> here"],
    ["one\n    at f (/wiki/server.js:1:2)\n   two\x00", "one two"],
    ["x".repeat(600), "x".repeat(500)],
    ["plain", "plain"],
  ])("%s", (text, shown) => {
    expect(clean(text)).toBe(shown);
  });
});

test("codes have names and facts", () => {
  expect(ErrorCode.PageNotFound).toBe(6003);
  expect(describeCode(1002)).toMatchObject({ name: "LoginFailed", slug: "AuthLoginFailed", advice: expect.stringContaining("password") });
  expect(describeCode(1)).toBeUndefined();
  expect(FACTS["users.list"]!.requires).toContain("manage:system");
  expect(FACTS["authentication.login"]!.rateLimit).toEqual([5, 60]);
});

/** Webhooks as Python signs them, and as attackers send them. */

import { expect, test, vi } from "vitest";

import { handler, isEvent, parseEvent, receive, verify, WebhookVerificationError } from "../../generated/typescript/src/webhooks.js";
import { errorOf, given } from "./support.js";

const { body, headers, secrets, now } = given.webhook;
const request = (changed: Record<string, string> = {}, content = body): Request =>
  new Request("https://me.example.com/hook", { method: "POST", body: content, headers: { ...headers, ...changed } });

test("a message that Python signed is taken, with either secret", async () => {
  expect(await verify(body, headers, secrets, { now })).toBe("evt_1");
  for (const secret of secrets) expect(await verify(new TextEncoder().encode(body), new Headers(headers), secret, { now })).toBe("evt_1");
  const event = await receive(request(), secrets[1], { now });
  expect(isEvent(event, "page.created") && event.data.page.path).toBe("docs/ünï");
  expect(isEvent(event, "page.deleted")).toBe(false);
  expect(await verify(body, Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.replace("webhook", "svix"), value])), secrets, { now })).toBe("evt_1");
});

test.each([
  ["another body", {}, body + " "],
  ["another id", { "webhook-id": "evt_2" }, body],
  ["another time", { "webhook-timestamp": String(now / 1000 + 1) }, body],
  ["no signature", { "webhook-signature": "" }, body],
  ["a signature of another version", { "webhook-signature": headers["webhook-signature"]!.replaceAll("v1,", "v2,") }, body],
  ["no base64", { "webhook-signature": "v1,%%%" }, body],
  ["a time that is none", { "webhook-timestamp": "1e9" }, body],
  ["a header as long as a book", { "webhook-signature": "v1," + "a".repeat(5000) }, body],
])("%s is refused", async (_, changed, content) => {
  expect(await errorOf(receive(request(changed, content), secrets, { now }))).toBeInstanceOf(WebhookVerificationError);
});

test("old messages, and such from the future, are refused", async () => {
  for (const moment of [now + 301_000, now - 301_000]) {
    expect(await errorOf(verify(body, headers, secrets, { now: moment }))).toBeInstanceOf(WebhookVerificationError);
  }
  expect(await errorOf(verify(body, headers, secrets))).toBeInstanceOf(WebhookVerificationError);
  expect(await verify(body, headers, secrets, { now: now + 299_000 })).toBe("evt_1");
  expect(await errorOf(verify(body, { ...headers, "webhook-id": undefined }, secrets, { now }))).toBeInstanceOf(WebhookVerificationError);
});

test("another's secret fits nothing, and what is no secret is a mistake of the program", async () => {
  expect(await errorOf(verify(body, headers, "whsec_" + btoa("x".repeat(32)), { now }))).toBeInstanceOf(WebhookVerificationError);
  for (const secret of ["whsec_", "whsec_%%%", "whsec_" + btoa("short")]) expect(await errorOf(verify(body, headers, secret, { now }))).toBeInstanceOf(TypeError);
});

test("what is no event is refused, and one of a later release is kept", () => {
  for (const odd of ["", "[]", "{}", '{"id":1,"type":"x"}', "null"]) expect(() => parseEvent(odd)).toThrow(WebhookVerificationError);
  const later = parseEvent(new TextEncoder().encode('{"id":"e","type":"page.created","version":"2","data":7}'));
  expect(isEvent(later, "page.created")).toBe(false);
  expect(later.data).toBe(7);
});

test("a handler answers as the sender needs it", async () => {
  const created = vi.fn();
  const seen = new Set<string>();
  const handle = handler({ secrets, now, on: { "page.created": created, "*": () => expect.fail() }, seen: (id) => seen.has(id) });
  expect((await handle(request())).status).toBe(204);
  expect(created.mock.lastCall![0].data.page.id).toBe(12);
  seen.add("evt_1");
  expect((await handle(request())).status).toBe(204);
  expect(created).toHaveBeenCalledTimes(1);
  expect((await handle(request({ "webhook-id": "x" }))).status).toBe(400);
  const any = vi.fn();
  expect((await handler({ secrets, now, on: { "page.*": any } })(request())).status).toBe(204);
  expect(any).toHaveBeenCalled();
  expect((await handler({ secrets, now, on: {} })(request())).status).toBe(204);
  const told = vi.fn();
  const broken = handler({ secrets, now, on: { "*": () => Promise.reject(new Error("no")) }, onError: told });
  expect((await broken(request())).status).toBe(500);
  expect(told).toHaveBeenCalled();
  await expect(handler({ secrets: "no secret", now, on: {} })(request())).rejects.toThrow(TypeError);
});

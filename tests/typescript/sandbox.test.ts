/** The whole client, on the sandbox. */

import { beforeAll, describe, expect, test, vi } from "vitest";

import * as files from "../../generated/typescript/src/assets.js";
import * as sdk from "../../generated/typescript/src/index.js";
import { errorOf, failed, given, json } from "./support.js";

const { ops, WikiJS } = sdk;
const { url, key } = given.wiki;
const wiki = new WikiJS({ url, token: key, settleWaits: [1, 5, 20] });
let number = 0;
const place = (): string => `sdk/page-${++number}`;
const page = { title: "Title", content: "# Text\n", tags: ["Two", "one"] };

/** A client whose answers to one operation are lost: before the request is sent, or after the server has acted. */
function losing(operation: string, when: "before" | "after", times = 1): sdk.WikiJS {
  return new WikiJS({
    url,
    token: key,
    settleWaits: [1, 5, 20],
    fetch: async (address, init) => {
      const strikes = times > 0 && String(init.body).includes(`"operationName":"${operation}"`);
      if (strikes) times--;
      if (strikes && when === "before") throw failed("ECONNRESET");
      const response = await fetch(address, init);
      if (strikes) throw failed("UND_ERR_SOCKET");
      return response;
    },
  });
}

describe("namespaces", () => {
  test("have every operation", async () => {
    expect((await wiki.system.infoVersion()).currentVersion).toBe("2.5.314");
    expect((await wiki.pages.list({ limit: 2, orderBy: "TITLE" })).length).toBeGreaterThan(0);
    expect(await wiki.pages.list(undefined, { timeout: 10_000 })).toEqual(await wiki.raw.pages.list());
    expect(await wiki.groups.list()).toEqual(await wiki.execute(ops.groupsList()));
    expect((await wiki.localization.locales()).map(({ code }) => code)).toContain("en");
    expect(Object.keys(wiki.raw)).toHaveLength(18);
  });

  test("tell what is refused", async () => {
    const guest = new WikiJS({ url });
    const error = await errorOf(guest.users.list());
    expect(error).toBeInstanceOf(sdk.PermissionDeniedError);
    expect(error.message).toBe("users.list: Forbidden A bad token is silently taken for a guest.");
    expect((await errorOf(wiki.pages.get(99_999))).code).toBe(sdk.ErrorCode.PageNotFound);
  });

  test("take signals", async () => {
    expect((await errorOf(wiki.pages.list({}, { signal: AbortSignal.abort() }))).name).toBe("AbortError");
    expect((await errorOf(wiki.system.infoVersion({ signal: AbortSignal.abort() }))).name).toBe("AbortError");
  });
});

describe("pages", () => {
  test("are created, read, and found by path", async () => {
    const path = place();
    const saved = await wiki.pages.create(`/${path}/`, page);
    expect(saved).toMatchObject({ path, title: "Title", content: "# Text\n", locale: "en", editor: "markdown", isPublished: true });
    const read = await wiki.pages.get(path);
    expect(read).toMatchObject({ id: saved.id, content: "# Text\n" });
    expect(read.tags.map(({ tag }) => tag).sort()).toEqual(["one", "two"]);
    expect(await wiki.pages.get(`/en/${path}`)).toEqual(read);
    expect(await wiki.pages.get(saved.id)).toEqual(read);
  });

  test("keep what an update does not name", async () => {
    const saved = await wiki.pages.create(place(), { ...page, description: "D", publishEndDate: "2031-01-01T00:00:00.000Z", isPublished: false });
    const updated = await wiki.pages.update(saved.id, { title: "New" });
    expect(updated).toMatchObject({ title: "New", description: "D", isPublished: false, content: "# Text\n" });
    const now = await wiki.raw.pages.singleForEditor({ id: saved.id });
    expect(now).toMatchObject({ publishEndDate: "2031-01-01T00:00:00.000Z", isPublished: false, tags: [{}, {}] });
    expect((await wiki.pages.update(saved.id, { tags: [], publishEndDate: null })).tags).toEqual([]);
    expect((await wiki.raw.pages.singleForEditor({ id: saved.id })).publishEndDate).toBe("");
  });

  test("are not written where nothing changes", async () => {
    const saved = await wiki.pages.create(place(), page);
    const same = await wiki.pages.update(saved.id, { title: "Title", tags: ["one", "TWO "], content: undefined });
    expect(same.updatedAt).toBe(saved.updatedAt);
    expect((await wiki.pages.history({ id: saved.id })).total).toBe(0);
  });

  test("are not overwritten where somebody changed them since", async () => {
    const saved = await wiki.pages.create(place(), page);
    const read = await wiki.pages.get(saved.id);
    await wiki.pages.update(saved.id, { title: "By another" });
    const error = await errorOf(wiki.pages.update(saved.id, { title: "Mine" }, { expected: read }));
    expect(error).toBeInstanceOf(sdk.PageChangedError);
    expect(error).toBeInstanceOf(sdk.ConflictError);
    expect(error.current.title).toBe("By another");
    expect(await errorOf(wiki.pages.update(saved.id, { title: "Mine" }, { expected: read.updatedAt }))).toBeInstanceOf(sdk.PageChangedError);
    expect((await wiki.pages.get(saved.id)).title).toBe("By another");
    const now = await wiki.pages.get(saved.id);
    await wiki.pages.update(saved.id, { title: "Mine" }, { expected: now.updatedAt });
    // The time stamp alone is no change: the server touches it when it renders.
    const again = { ...(await wiki.pages.get(saved.id)), updatedAt: "2020-01-01T00:00:00.000Z" };
    expect((await wiki.pages.update(saved.id, { title: "Mine too" }, { expected: again })).title).toBe("Mine too");
    expect(await errorOf(wiki.pages.update(saved.id, { title: "x" }, { expected: { ...again, tags: [] } as never }))).toBeInstanceOf(sdk.PageChangedError);
  });

  test("are created or updated by path", async () => {
    const path = place();
    expect(await wiki.pages.upsert(path, page)).toMatchObject({ created: true, page: { title: "Title" } });
    expect(await wiki.pages.upsert(path, { title: "Second", content: "x" })).toMatchObject({ created: false, page: { title: "Second", tags: [{}, {}] } });
  });

  test("are moved and deleted", async () => {
    const saved = await wiki.pages.create(place(), page);
    const path = place();
    expect(await wiki.pages.move(saved.id, path)).toMatchObject({ id: saved.id, path });
    await wiki.pages.delete(saved.id);
    expect(await errorOf(wiki.pages.get(path))).toBeInstanceOf(sdk.NotFoundError);
    expect(await errorOf(wiki.pages.delete(saved.id))).toBeInstanceOf(sdk.NotFoundError);
  });

  test.each(["", "/", "a b/c", "a.b", "x//y", "a\\b", "a/b?c", "x/y", "en/x/../y", "login/me", "fr/x", "a".repeat(256)])("cannot be at %j", async (path) => {
    const sent = vi.fn();
    const error = await errorOf(Promise.resolve().then(() => new WikiJS({ url, fetch: sent }).pages.create(path, page)));
    expect(error.code).toBe(sdk.ErrorCode.PageIllegalPath);
    expect(sent).not.toHaveBeenCalled();
  });

  test.each([{ title: "x".repeat(256) }, { description: "x".repeat(256) }, { content: "  " }, { tags: ["a,b"] }, { tags: [" "] }])("cannot have %j", async (wrong) => {
    const create = async (): Promise<unknown> => wiki.pages.create(place(), { ...page, ...wrong });
    expect(await errorOf(create())).toBeInstanceOf(sdk.ValidationError);
  });

  test("are read in batches, with an error for each that is not there", async () => {
    const made = await wiki.pages.createMany(Array.from({ length: 3 }, () => ({ ...page, path: place() })));
    const ids = made.success.map(({ id }) => id);
    const told: number[][] = [];
    const many = Array.from({ length: 60 }, (_, index) => ids[index % 3]!);
    const found = await wiki.pages.getMany([...many, 99_999], { onProgress: (...each) => told.push(each) });
    expect(found.success).toHaveLength(60);
    expect(found.errors).toMatchObject([{ index: 60, input: 99_999, error: { code: 6003 } }]);
    expect(told).toEqual([[50, 61], [61, 61]]);
  });

  test("are written one after the other, and a bad one does not stop the rest", async () => {
    const [one, two] = [place(), place()];
    const told: number[][] = [];
    const onProgress = (...each: number[]): void => void told.push(each);
    const made = await wiki.pages.createMany([{ ...page, path: one }, { ...page, path: "a b" }, { ...page, path: one }, { ...page, path: two }], { onProgress });
    expect(made.success.map(({ path }) => path)).toEqual([one, two]);
    expect(made.errors).toMatchObject([{ index: 1, input: { path: "a b" } }, { index: 2, error: { code: 6002 } }]);
    expect(told).toEqual([[1, 4], [2, 4], [3, 4], [4, 4]]);
    const [first, second] = made.success as [sdk.SavedPage, sdk.SavedPage];
    const updated = await wiki.pages.updateMany([{ id: first.id, title: "1" }, { id: second.id, title: "2", expected: "2020" }]);
    expect(updated).toMatchObject({ success: [{ title: "1" }], errors: [{ index: 1, error: { name: "PageChangedError" } }] });
    const stop = new AbortController();
    const deleted = await wiki.pages.deleteMany([first.id, second.id], { signal: stop.signal, onProgress: () => stop.abort() });
    expect(deleted).toEqual({ success: [first.id], errors: [], notAttempted: [second.id] });
  });

  test("are gone through one by one", async () => {
    const listed = await wiki.pages.list();
    const light: sdk.PageSummary[] = [];
    for await (const each of wiki.pages.iterate()) light.push(each);
    expect(light).toEqual(listed);
    const whole: sdk.Page[] = [];
    for await (const each of wiki.pages.iterate({ content: true, tags: ["one"] })) whole.push(each);
    expect(whole.length).toBeGreaterThan(3);
    expect(whole.every(({ content }) => content.length > 0)).toBe(true);
  });

  test("have their history gone through", async () => {
    const { id } = await wiki.pages.create(place(), page);
    for (const title of ["a", "b", "c"]) await wiki.pages.update(id, { title });
    const seen: sdk.PageHistoryEntry[] = [];
    for await (const each of wiki.pages.iterateHistory(id)) seen.push(each);
    expect(seen).toHaveLength(3);
  });
});

describe("a page write whose answer is lost", () => {
  test("is found to be done", async () => {
    const path = place();
    const saved = await losing("PagesCreate", "after").pages.create(path, page);
    expect(saved).toMatchObject({ path, title: "Title", content: "# Text\n", locale: "en", editor: "markdown" });
    expect(await losing("PagesUpdate", "after").pages.update(saved.id, { title: "New" })).toMatchObject({ title: "New" });
    const to = place();
    expect(await losing("PagesMove", "after").pages.move(saved.id, to)).toMatchObject({ path: to });
    await losing("PagesDelete", "after").pages.delete(saved.id);
    expect(await errorOf(wiki.pages.get(saved.id))).toBeInstanceOf(sdk.NotFoundError);
  });

  test("stays unknown where nothing of it is seen", async () => {
    const path = place();
    expect(await errorOf(losing("PagesCreate", "before").pages.create(path, page))).toBeInstanceOf(sdk.OutcomeUnknownError);
    const { id } = await wiki.pages.create(path, page);
    const lost = losing("PagesUpdate", "before");
    expect(await errorOf(lost.pages.update(id, { title: "x" }))).toBeInstanceOf(sdk.OutcomeUnknownError);
    expect(await errorOf(losing("PagesMove", "before").pages.move(id, place(), { locale: "en" }))).toBeInstanceOf(sdk.OutcomeUnknownError);
    expect(await errorOf(losing("PagesDelete", "before").pages.delete(id))).toBeInstanceOf(sdk.OutcomeUnknownError);
  });

  test("is not taken for another page at its place", async () => {
    const path = place();
    const other = losing("PagesCreate", "before");
    await wiki.pages.create(path, { ...page, content: "other" });
    expect((await errorOf(other.pages.create(path, page))).message).toContain("Another page is at");
  });
});

describe("files", () => {
  const image = new Blob(["<svg/>"], { type: "image/png" });

  test("go up and come down, with progress", async () => {
    const up: number[][] = [];
    const name = `My File;${++number}.PNG`;
    const stored = await files.upload(wiki, image, { name, folder: "/SDK/Deep er", onProgress: (...each) => up.push(each) });
    expect(stored).toMatchObject({ path: `/sdk/deep er/my_file_${number}.png`, fileSize: 6, mime: "image/png" });
    expect(stored.url).toBe(`${url}/sdk/deep%20er/my_file_${number}.png`);
    expect(up.at(-1)![0]).toBe(up.at(-1)![1]);
    const down: number[][] = [];
    const back = await files.download(wiki, stored, { onProgress: (...each) => down.push(each) });
    expect(await back.text()).toBe("<svg/>");
    expect(down.at(-1)![0]).toBe(6);
    expect(await files.listFolder(wiki, "sdk/deep er")).toContainEqual(stored);
    const seen: string[] = [];
    for await (const each of files.iterate(wiki)) seen.push(each.path);
    expect(seen).toContain(stored.path);
    expect(await files.ensureFolder(wiki, "/sdk/deep er")).toBeGreaterThan(0);
  });

  test("go up as they are given", async () => {
    for (const source of [new TextEncoder().encode("bytes"), new TextEncoder().encode("bytes").buffer as ArrayBuffer]) {
      expect((await files.upload(wiki, source, { name: `b${++number}.bin` })).fileSize).toBe(5);
    }
    const file = new File(["x"], "Naïve Ünï.png", { type: "image/png" });
    expect(await files.upload(wiki, file)).toMatchObject({ path: "/naïve_ünï.png" });
    vi.stubGlobal("document", {});
    const told: number[][] = [];
    await files.upload(wiki, image, { name: `c${++number}.png`, onProgress: (...each) => told.push(each) });
    expect(told).toHaveLength(1);
    vi.unstubAllGlobals();
  });

  test("do not replace each other unseen", async () => {
    const name = `same${++number}.png`;
    await files.upload(wiki, image, { name });
    expect((await errorOf(files.upload(wiki, image, { name }))).code).toBe(sdk.ErrorCode.AssetExists);
    expect(await files.upload(wiki, new Blob(["longer text"]), { name, overwrite: true })).toMatchObject({ fileSize: 11 });
  });

  test.each(["", ".hidden", "page.md", "page.html", "notes.txt", "README"])("cannot be named %j", async (name) => {
    expect((await errorOf(files.upload(wiki, image, { name }))).code).toBe(sdk.ErrorCode.AssetNameInvalid);
  });

  test("need their folder", async () => {
    const error = await errorOf(files.upload(wiki, image, { name: "a.png", folder: "/nowhere", createFolders: false }));
    expect(error).toBeInstanceOf(sdk.NotFoundError);
    expect((await errorOf(files.listFolder(wiki, "/::"))).code).toBe(sdk.ErrorCode.AssetNameInvalid);
    expect(await errorOf(files.download(wiki, "/nowhere/a.png"))).toBeInstanceOf(sdk.NotFoundError);
  });

  test("are found where the answer was lost", async () => {
    let strikes = 1;
    const lossy = new WikiJS({
      url,
      token: key,
      fetch: async (address, init) => {
        const response = await fetch(address, init);
        if (address.endsWith("/u") && strikes-- > 0) throw failed("UND_ERR_SOCKET");
        return response;
      },
    });
    expect((await files.upload(lossy, image, { name: `lost${++number}.png` })).fileSize).toBe(6);
    const never = new WikiJS({ url, token: key, fetch: (address, init) => (address.endsWith("/u") ? Promise.reject(failed("ECONNRESET")) : fetch(address, init)) });
    expect(await errorOf(files.upload(never, image, { name: `never${++number}.png` }))).toBeInstanceOf(sdk.OutcomeUnknownError);
  });

  test.each([
    [new Response("ok"), sdk.ServerError],
    [new Response("Error: File too large", { status: 500 }), sdk.ValidationError],
    [json({ succeeded: false, message: "not authorized" }, { status: 403 }), sdk.OutcomeUnknownError],
  ])("are not believed to be stored: %o", async (answer, type) => {
    const odd = new WikiJS({ url, token: key, fetch: (address, init) => (address.endsWith("/u") ? Promise.resolve(answer.clone()) : fetch(address, init)) });
    expect(await errorOf(files.upload(odd, image, { name: `odd${++number}.png` }))).toBeInstanceOf(type);
  });

  test("that cannot be read are an error", async () => {
    const odd = new WikiJS({ url, fetch: async () => new Response("Forbidden", { status: 403 }) });
    expect(await errorOf(files.download(odd, "/a.png"))).toBeInstanceOf(sdk.AuthenticationError);
  });
});

describe("users", () => {
  test("are created with an answer, and found by address", async () => {
    const email = `u${++number}@example.com`;
    const user = await wiki.users.create({ email, name: "User", password: "secret-12" });
    expect(user).toMatchObject({ email, name: "User", isActive: true });
    expect(await wiki.users.get(email.toUpperCase())).toEqual(user);
    expect(await errorOf(wiki.users.get("nobody@example.com"))).toBeInstanceOf(sdk.NotFoundError);
    const many = await wiki.users.createMany([{ email, name: "Again", password: "secret-12" }, { email: `v${number}@example.com`, name: "Other", password: "secret-12", groups: [1] }]);
    expect(many).toMatchObject({ success: [{ name: "Other" }], errors: [{ index: 0, error: { code: 1004 } }] });
  });
});

describe("a login", () => {
  test("gives a token that is sent from then on", async () => {
    const person = new WikiJS({ url });
    const token = await person.login(given.wiki.email, given.wiki.password);
    expect(token.split(".")).toHaveLength(3);
    expect((await person.users.profile()).email).toBe(given.wiki.email);
    const error = await errorOf(new WikiJS({ url }).login(given.wiki.email, "wrong"));
    expect(error).toBeInstanceOf(sdk.AuthenticationError);
    expect(error.code).toBe(sdk.ErrorCode.LoginFailed);
  });

  test("takes a second factor, and says what else is wanted", async () => {
    const said = { succeeded: true, errorCode: 0, slug: "ok", message: "" };
    const step = (field: string, result: object): Response => json({ data: { authentication: { [field]: { responseResult: said, ...result } } } });
    const answers = [step("login", { mustProvideTFA: true, continuationToken: "c" }), step("loginTFA", { jwt: "a.b.c" })];
    const client = new WikiJS({ url, fetch: async () => answers.shift()! });
    expect(await client.login("a", "b", { totp: () => "123456" })).toBe("a.b.c");
    for (const [wanted, words] of [["mustProvideTFA", "two-factor code"], ["mustChangePwd", "password changed"], ["mustSetupTFA", "set up"]]) {
      const odd = new WikiJS({ url, fetch: async () => step("login", { [wanted!]: true }) });
      expect((await errorOf(odd.login("a", "b"))).message).toContain(words);
    }
  });
});

describe("GraphQL of one's own", () => {
  test("is posted, and a write is known as one", async () => {
    expect(await wiki.graphql<any>("query ($n: Int!) { pages { list(limit: $n) { id } } }", { n: 1 })).toMatchObject({ pages: { list: [{}] } });
    expect(await errorOf(wiki.graphql("{ pages { nothing } }"))).toBeInstanceOf(sdk.ValidationError);
    const lost = new WikiJS({ url, fetch: () => Promise.reject(failed("ECONNRESET")), retries: 0 });
    expect(await errorOf(lost.graphql("mutation { pages { flushCache { responseResult { succeeded } } } }"))).toBeInstanceOf(sdk.OutcomeUnknownError);
    expect(await errorOf(lost.graphql("{ pages { list { id } } }"))).toBeInstanceOf(sdk.TransportError);
  });

  test("and batches are methods too", async () => {
    const [version, pages] = await wiki.batch([ops.systemInfoVersion(), ops.pagesList({ limit: 1 })]);
    expect(version.currentVersion).toBe("2.5.314");
    expect(pages).toHaveLength(1);
    const settled = await wiki.batchSettled([ops.pagesSingle({ id: 99_999 })]);
    expect(settled[0].status).toBe("rejected");
  });
});

beforeAll(async () => {
  await wiki.pages.create("sdk", page).catch(() => undefined);
});

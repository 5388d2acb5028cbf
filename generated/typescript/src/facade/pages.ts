// Copied from wikijs/codegen/typescript/sources/. Edit it there, and run `make generate`.

/** Pages: one at a time, and losing nothing. */

import { operation } from "../compact.js";
import { batchSettled, BATCH_LIMIT } from "../core/batch.js";
import { type CallOptions, type Client, sleep } from "../core/client.js";
import { APIError, OutcomeUnknownError } from "../core/errors.js";
import { explain } from "../core/explain.js";
import { leafOf } from "../core/reply.js";
import { type Operation, requestOf } from "../core/operation.js";
import { exclusively } from "../core/writing.js";
import type { Pages as RawPages } from "../generated/namespaces.js";
import type { PagesListVariables } from "../generated/operations/pages.js";
import type { Page, PageForEditor, PageHistoryEntry, PageMetadata, PageSummary, WrittenPage } from "../generated/types.js";
import { type BatchResult, type ManyOptions, oneByOne } from "./many.js";
import { destination, locate, type Place, tagsOf } from "./paths.js";

/** Fields of a page to change; the others are kept. */
export interface PageChanges {
  title?: string | undefined;
  content?: string | undefined;
  description?: string | undefined;
  tags?: readonly string[] | undefined;
  isPublished?: boolean | undefined;
  /** ISO 8601; empty or null for no limit. */
  publishStartDate?: string | null | undefined;
  publishEndDate?: string | null | undefined;
  /** Dropped silently without `write:styles`. */
  scriptCss?: string | undefined;
  /** Dropped silently without `write:scripts`. */
  scriptJs?: string | undefined;
}

export interface NewPage extends PageChanges {
  title: string;
  content: string;
  /** "markdown" unless given; "ckeditor", "code", "asciidoc". */
  editor?: string | undefined;
  /** Code of an installed locale; "en" unless given. */
  locale?: string | undefined;
}

/** A page as saved. */
export interface SavedPage extends WrittenPage {
  readonly locale: string;
  readonly editor: string;
  readonly content: string;
}

/** A page as it was read, or its `updatedAt`. */
export type Expected = string | { readonly updatedAt: string; readonly content?: string };

/** The page is not the expected one any more; nothing was written. */
export class PageChangedError extends APIError {
  override name = "PageChangedError";

  constructor(
    readonly current: PageForEditor,
    readonly expected: Expected,
  ) {
    const was = typeof expected === "string" ? expected : expected.updatedAt;
    const reason = `Page ${current.id} changed since it was read: it is of ${current.updatedAt}, expected was ${was}.`;
    super(reason, { operation: "pages.update", kind: "C", outcome: "rejected", status: 200 });
  }
}

const FIELDS = ["title", "content", "description", "tags", "isPublished", "publishStartDate", "publishEndDate", "scriptCss", "scriptJs"] as const;
type Fields = Record<(typeof FIELDS)[number], any>;

/** Variables of the server for changes, checked; what is undefined is left out. */
function variablesOf(changes: PageChanges): Partial<Fields> {
  const found: Partial<Fields> = {};
  for (const name of FIELDS) if (changes[name] !== undefined) found[name] = changes[name] ?? "";
  // The server gives them in any order.
  if (found.tags) found.tags = tagsOf(found.tags).sort();
  const { title = "", description = "", content = "-" } = found;
  if (title.length > 255 || description.length > 255) throw explain("The title or description is longer than 255 characters.", { kind: "V" });
  if (!content.trim()) throw explain("The content is empty.", { code: 6004 });
  return found;
}

/** All variables of an update that changes nothing. */
function everything(page: PageForEditor): Fields {
  const found = {} as Fields;
  for (const name of FIELDS) found[name] = page[name] ?? "";
  found.tags = page.tags.map(({ tag }) => tag).sort();
  return found;
}

const same = (a: object, b: object): boolean => JSON.stringify(a) === JSON.stringify(b);
const notFound = (error: unknown): undefined => {
  if ((error as APIError).code !== 6003) throw error;
};

/** What the schema cannot do in one step. */
export class PageMethods {
  readonly #client: Client;
  readonly #waits: readonly number[];

  constructor(client: Client, waits: readonly number[] = [500, 1000, 2000, 4000]) {
    this.#client = client;
    this.#waits = waits;
  }

  /** Read a page by its id or by its path, such as "docs/intro" or "/de/docs/intro". */
  get = (page: number | string, options?: CallOptions & { locale?: string }): Promise<Page> =>
    this.#client.execute(
      typeof page === "number" ? operation("pagesSingle", { id: page }) : operation("pagesSingleByPath", locate(page, options?.locale)),
      options,
    );

  /** Read many pages by their ids, up to 50 in a request. */
  getMany = async (ids: readonly number[], options: ManyOptions = {}): Promise<BatchResult<number, Page>> => {
    const result: BatchResult<number, Page> = { success: [], errors: [], notAttempted: [] };
    for (let start = 0; start < ids.length; start += BATCH_LIMIT) {
      const part = ids.slice(start, start + BATCH_LIMIT);
      const found = await batchSettled(this.#client, part.map((id) => operation("pagesSingle", { id })), options);
      found.forEach((each, index) =>
        each.status === "fulfilled"
          ? result.success.push(each.value)
          : result.errors.push({ index: start + index, input: part[index]!, error: each.reason }),
      );
      options.onProgress?.(start + part.length, ids.length);
    }
    return result;
  };

  /** All pages, without their content, one by one; with `content` read whole, 50 in a request. */
  iterate(options: PagesListVariables & CallOptions & { content: true }): AsyncGenerator<Page, void>;
  iterate(options?: PagesListVariables & CallOptions & { content?: false }): AsyncGenerator<PageSummary, void>;
  async *iterate(options: PagesListVariables & CallOptions & { content?: boolean } = {}): AsyncGenerator<Page | PageSummary, void> {
    const { content, signal, timeout, retries, ...variables } = options;
    const call = { signal, timeout, retries };
    const listed = await this.#client.execute(operation("pagesList", variables), call);
    for (let start = 0; start < listed.length; start += BATCH_LIMIT) {
      const part = listed.slice(start, start + BATCH_LIMIT);
      const found = content ? await this.getMany(part.map(({ id }) => id), call) : { success: part, errors: [] };
      // A page that was deleted since it was listed is no failure.
      for (const { error } of found.errors) notFound(error);
      yield* found.success;
    }
  }

  /** The changes of a page, newest first, read 100 at a time. */
  async *iterateHistory(id: number, options?: CallOptions): AsyncGenerator<PageHistoryEntry, void> {
    for (let offsetPage = 0, left = 1; left > 0; offsetPage++) {
      const { trail, total } = await this.#client.execute(operation("pagesHistory", { id, offsetPage, offsetSize: 100 }), options);
      yield* trail;
      left = trail.length && total - (offsetPage + 1) * 100;
    }
  }

  /** Create a page. Where the answer is lost, it is looked for. */
  create = (path: string, page: NewPage, options?: CallOptions): Promise<SavedPage> => {
    const { locale, editor = "markdown" } = page;
    const place = destination(path, locale);
    const variables = { description: "", tags: [], isPublished: true, ...variablesOf(page) } as Fields;
    return exclusively(this.#client.url, () => this.#create(place, editor, variables, options));
  };

  /** Create pages one after the other. */
  createMany = <I extends NewPage & { path: string }>(pages: readonly I[], options: ManyOptions = {}): Promise<BatchResult<I, SavedPage>> =>
    oneByOne(pages, options, (page) => this.create(page.path, page, options));

  /**
   * Change fields of a page and keep all others: it is read, merged and written whole. When nothing changes, nothing is
   * written. With `expected`, the page as you read it or its `updatedAt`, a change by somebody else is not overwritten.
   *
   * @throws PageChangedError with the page as it is now.
   */
  update = (id: number, changes: PageChanges, options: CallOptions & { expected?: Expected | undefined } = {}): Promise<SavedPage> => {
    const variables = variablesOf(changes);
    return exclusively(this.#client.url, () => this.#update(id, variables, options));
  };

  /** Update pages one after the other. */
  updateMany = <I extends PageChanges & { id: number; expected?: Expected }>(pages: readonly I[], options: ManyOptions = {}): Promise<BatchResult<I, SavedPage>> =>
    oneByOne(pages, options, (page) => this.update(page.id, page, { ...options, expected: page.expected }));

  /** Create the page at a path, or update the one that is there. */
  upsert = (path: string, page: NewPage, options?: CallOptions): Promise<{ page: SavedPage; created: boolean }> => {
    const { locale, editor = "markdown" } = page;
    const place = destination(path, locale);
    const variables = variablesOf(page);
    return exclusively(this.#client.url, async () => {
      const found = await this.#client.execute(operation("pagesSingleByPathMetadata", place), options).catch(notFound);
      if (found) return { page: await this.#update(found.id, variables, options), created: false };
      const all = { description: "", tags: [], isPublished: true, ...variables } as Fields;
      return { page: await this.#create(place, editor, all, options), created: true };
    });
  };

  /** Move a page to another path or locale. Links to it are not rewritten. */
  move = async (id: number, path: string, options: CallOptions & { locale?: string } = {}): Promise<PageMetadata> => {
    const read = (): Promise<PageMetadata> => this.#client.execute(operation("pagesSingleMetadata", { id }), options);
    const to = destination(path, options.locale ?? (await read()).locale);
    const write = operation("pagesMove", { id, destinationPath: to.path, destinationLocale: to.locale });
    const moved = async (): Promise<PageMetadata | undefined> => {
      const page = await read();
      return page.path === to.path && page.locale === to.locale ? page : undefined;
    };
    await exclusively(this.#client.url, () => this.#settled<unknown>(write, moved, options));
    return read();
  };

  /** Delete a page with its comments. */
  delete = async (id: number, options?: CallOptions): Promise<void> => {
    const gone = async (): Promise<true | undefined> => {
      const page = await this.#client.execute(operation("pagesSingleMetadata", { id }), options).catch(notFound);
      return page ? undefined : true;
    };
    await exclusively(this.#client.url, () => this.#settled<unknown>(operation("pagesDelete", { id }), gone, options));
  };

  /** Delete pages one after the other. */
  deleteMany = (ids: readonly number[], options: ManyOptions = {}): Promise<BatchResult<number, number>> =>
    oneByOne(ids, options, (id) => this.delete(id, options).then(() => id));

  #read(id: number, options?: CallOptions): Promise<PageForEditor> {
    return this.#client.execute(operation("pagesSingleForEditor", { id }), options);
  }

  async #create({ path, locale }: Place, editor: string, variables: Fields, options?: CallOptions): Promise<SavedPage> {
    const look = async (): Promise<PageForEditor | undefined> => {
      const page = await this.#client.execute(operation("pagesSingleByPathForEditor", { path, locale }), options).catch(notFound);
      if (!page || same({ ...everything(page), ...variables }, everything(page))) return page;
      throw new OutcomeUnknownError(`Another page is at ${path} (id ${page.id}).`, { operation: "pages.create" });
    };
    const write = operation("pagesCreate", { path, locale, editor, isPrivate: false, ...variables });
    return this.#saved(await this.#settled(write, look, options), locale, editor, variables.content);
  }

  async #update(id: number, variables: Partial<Fields>, options: (CallOptions & { expected?: Expected | undefined }) | undefined): Promise<SavedPage> {
    const page = await this.#read(id, options);
    checkExpected(page, options?.expected);
    const before = everything(page);
    const after = { ...before, ...variables };
    if (same(before, after)) return this.#saved(page, page.locale, page.editor, page.content);
    const look = async (): Promise<PageForEditor | undefined> => {
      const now = await this.#read(id, options);
      return same(everything(now), after) ? now : undefined;
    };
    return this.#saved(await this.#settled(operation("pagesUpdate", { id, ...after }), look, options), page.locale, page.editor, after.content);
  }

  /** Write, and where the answer is lost, look until it is seen to be done. */
  async #settled<T>(write: Operation<T, "mutation">, look: () => Promise<any>, options?: CallOptions): Promise<T> {
    try {
      return await this.#client.post(write, requestOf(write), options, (answer, status) => leafOf(write, answer, status));
    } catch (error) {
      if (!(error instanceof OutcomeUnknownError)) throw error;
      for (const wait of this.#waits) {
        await sleep(wait, options?.signal);
        const found = await look().catch((failure) => {
          // A look that fails tells nothing about the write.
          if (failure instanceof OutcomeUnknownError || options?.signal?.aborted) throw failure;
        });
        if (found) return found;
      }
      throw error;
    }
  }

  /** The page of an answer, or the page that was found. */
  #saved(found: unknown, locale: string, editor: string, content: string): SavedPage {
    const page = (found as { page?: WrittenPage }).page ?? (found as WrittenPage);
    const { id, path, hash, title, description, contentType, isPublished, createdAt, updatedAt, tags } = page;
    return { id, path, hash, title, description, contentType, isPublished, createdAt, updatedAt, tags, locale, editor, content };
  }
}

/**
 * Refuse to overwrite what somebody else wrote. The server touches `updatedAt` also when nobody edited, so where the page
 * was read with its content, that decides.
 */
function checkExpected(page: PageForEditor, expected: Expected | undefined): void {
  if (expected === undefined) return;
  const { updatedAt, ...known } = typeof expected === "string" ? { updatedAt: expected } : expected;
  if (updatedAt === page.updatedAt) return;
  const fields = everything(page) as Record<string, unknown>;
  const unchanged = Object.entries(known as Record<string, any>).every(([name, value]) => {
    if (name === "tags") value = (value as (string | { tag: string })[]).map((each) => (typeof each === "string" ? each : each.tag));
    return !(name in fields) || same([value ?? ""].flat().sort(), [fields[name]].flat());
  });
  if (!("content" in known) || !unchanged) throw new PageChangedError(page, expected);
}

/** Pages: the schema's operations, and those that lose nothing in place of its own. */
export type Pages = Omit<RawPages, keyof PageMethods> & PageMethods;

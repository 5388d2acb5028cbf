/** Pages through a gateway: each with the tag of its state, which a write of it wants back. */

import type { PageListItem, PageOut, SectionText } from "../generated/gateway.js";
import type { Answered, Caller, GatewayCallOptions, Given } from "./calling.js";
import { Listing } from "./listing.js";

/** Something with the tag of its state. */
export type Tagged<T> = T & { readonly etag: string };

/** A page as it was read, or an id: then say with `ifMatch` which state you change, or "*" for any. */
export type Target = number | { readonly id: number; readonly etag: string };

export interface ReadOptions<T> extends GatewayCallOptions {
  /** The page as it was read before: it is given back, and not sent again, where it has not changed. */
  known?: Tagged<T> | undefined;
}

const idOf = (target: Target): number => (typeof target === "number" ? target : target.id);
const matching = (target: Target, options: GatewayCallOptions = {}): GatewayCallOptions => ({
  ...options,
  ifMatch: options.ifMatch ?? (typeof target === "number" ? undefined : target.etag),
});
const tagged = <T extends object>({ value, etag = "" }: Answered<T>): Tagged<T> => ({ ...value, etag });

export class GatewayPages {
  readonly #caller: Caller;

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  /** Pages without their content, in parts of `limit`. */
  list(query: Omit<Given<"listPages">, "cursor"> = {}, options?: GatewayCallOptions): Listing<PageListItem> {
    return new Listing((cursor) => this.#caller.exchange("listPages", { ...query, cursor }, options));
  }

  /** A page by its id. */
  get(id: number, query: Omit<Given<"getPage">, "id"> = {}, options: ReadOptions<PageOut> = {}): Promise<Tagged<PageOut>> {
    return read(options, (rest) => this.#caller.exchange("getPage", { ...query, id }, rest));
  }

  /** A page by where it is. */
  getByPath(
    locale: string,
    path: string,
    query: Omit<Given<"getPageByPath">, "locale" | "path"> = {},
    options: ReadOptions<PageOut> = {},
  ): Promise<Tagged<PageOut>> {
    return read(options, (rest) => this.#caller.exchange("getPageByPath", { ...query, locale, path }, rest));
  }

  /** Create a page. */
  async create(body: Given<"createPage">["body"], options?: GatewayCallOptions): Promise<Tagged<PageOut>> {
    return tagged(await this.#caller.exchange("createPage", { body }, options));
  }

  /** Create a page, or change the one that is there: `ifMatch` is its tag, or "*" for any; `ifNoneMatch: "*"` only creates. */
  async put(locale: string, path: string, body: Given<"putPage">["body"], options?: GatewayCallOptions): Promise<Tagged<PageOut>> {
    return tagged(await this.#caller.exchange("putPage", { locale, path, body }, options));
  }

  /**
   * Change a page; what is left out stays.
   *
   * @throws ConflictError when somebody changed it meanwhile (`slug` is "page-changed"): nothing was written.
   */
  async update(page: Target, body: Given<"updatePage">["body"], options?: GatewayCallOptions): Promise<Tagged<PageOut>> {
    return tagged(await this.#caller.exchange("updatePage", { id: idOf(page), body }, matching(page, options)));
  }

  /** Change one section of a page; `ifMatch` is the tag of the page. */
  async updateSection(
    page: Target,
    section: string,
    body: Given<"updateSection">["body"],
    options?: GatewayCallOptions,
  ): Promise<Tagged<SectionText>> {
    return tagged(await this.#caller.exchange("updateSection", { id: idOf(page), section, body }, matching(page, options)));
  }

  /** Delete a page. */
  async delete(page: Target, options?: GatewayCallOptions): Promise<void> {
    await this.#caller.call("deletePage", { id: idOf(page) }, matching(page, options));
  }

  /** Move a page. */
  async move(page: number | { readonly id: number }, body: Given<"movePage">["body"], options?: GatewayCallOptions): Promise<Tagged<PageOut>> {
    const id = typeof page === "number" ? page : page.id;
    return tagged(await this.#caller.exchange("movePage", { id, body }, options));
  }
}

async function read<T extends object>(
  { known, ...options }: ReadOptions<T>,
  ask: (options: GatewayCallOptions) => Promise<Answered<T>>,
): Promise<Tagged<T>> {
  const answer = await ask({ ifNoneMatch: known?.etag, ...options });
  return answer.unchanged && known ? known : tagged(answer);
}

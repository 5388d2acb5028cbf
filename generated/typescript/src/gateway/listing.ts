// Copied from wikijs/codegen/typescript/sources/. Edit it there, and run `make generate`.

/** Long lists, which come in parts. */

import type { Answered } from "./calling.js";

/** A part of a list. */
export interface Part<T> {
  readonly items: T[];
  /** Give it as `cursor` for the next part; undefined after the last. */
  readonly next: string | undefined;
  /** Items of all parts, where the gateway counts them. */
  readonly total: number | undefined;
}

/** A list that is read as it is walked: `for await (const item of listing)`. Nothing is asked before that. */
export class Listing<T> implements AsyncIterable<T> {
  readonly #ask: (cursor: string | undefined) => Promise<Answered<{ items: T[]; total?: number }>>;

  constructor(ask: (cursor: string | undefined) => Promise<Answered<{ items: T[]; total?: number }>>) {
    this.#ask = ask;
  }

  /** One part of it: the first, or the one of a cursor, which holds while items come and go. */
  async part(cursor?: string): Promise<Part<T>> {
    const { value, next } = await this.#ask(cursor);
    return { items: value.items, next, total: value.total };
  }

  /** Part after part. */
  async *parts(): AsyncGenerator<Part<T>, void> {
    let cursor: string | undefined;
    do {
      const part = await this.part(cursor);
      yield part;
      cursor = part.next;
    } while (cursor !== undefined);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void> {
    for await (const { items } of this.parts()) yield* items;
  }

  /** All of it. */
  async all(): Promise<T[]> {
    const found: T[] = [];
    for await (const item of this) found.push(item);
    return found;
  }
}

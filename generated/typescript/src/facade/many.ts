// Copied from wikijs/codegen/typescript/sources/. Edit it there, and run `make generate`.

/** Many writes, one after the other: what succeeded, what failed and why, in the order of the input. */

import type { CallOptions } from "../core/client.js";

/** An item that failed. */
export interface ItemError<I> {
  /** Its place in the input, from 0. */
  readonly index: number;
  readonly input: I;
  readonly error: unknown;
}

/** What became of many items. */
export interface BatchResult<I, T> {
  readonly success: T[];
  readonly errors: ItemError<I>[];
  /** What was left when the signal aborted. */
  readonly notAttempted: I[];
}

export interface ManyOptions extends CallOptions {
  /** Told after each item how many are done, of how many. */
  onProgress?: (done: number, total: number) => void;
}

/** Do the items one after the other. A bad one is noted and the rest goes on; a signal that aborts ends the work early. */
export async function oneByOne<I, T>(inputs: readonly I[], { onProgress, signal }: ManyOptions, work: (input: I) => Promise<T>): Promise<BatchResult<I, T>> {
  const result: BatchResult<I, T> = { success: [], errors: [], notAttempted: [] };
  let index = 0;
  for (const input of inputs) {
    if (signal?.aborted) result.notAttempted.push(input);
    else {
      try {
        result.success.push(await work(input));
      } catch (error) {
        result.errors.push({ index, input, error });
      }
      onProgress?.(index + 1, inputs.length);
    }
    index++;
  }
  return result;
}

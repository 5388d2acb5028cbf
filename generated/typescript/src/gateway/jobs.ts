// Copied from wikijs/codegen/typescript/sources/. Edit it there, and run `make generate`.

/** Jobs: many pages at once, done by the gateway, also when it is restarted meanwhile. */

import { WikiJSError } from "../core/errors.js";
import type { ItemOut, JobOut } from "../generated/gateway.js";
import type { Caller, GatewayCallOptions, Given } from "./calling.js";
import { Listing } from "./listing.js";
import { streamed, type StreamOptions } from "./streaming.js";

const ENDED = /^(done|failed|cancelled)$/;

/** The job failed as a whole, or was cancelled; `job` says how far it came. Single items that failed are no such error. */
export class JobError extends WikiJSError {
  override name = "JobError";
  declare readonly job: JobOut;

  constructor(job: JobOut) {
    super(`The job ${job.id} is ${job.state} after ${job.done} items. ${job.problem ?? ""}`.trim(), { operation: "jobs" });
    Object.assign(this, { job });
  }
}

export interface JobEvents {
  /** How far it is; also told once when it has ended. */
  progress: JobOut;
  /** It has ended. */
  end: JobOut;
}

/** A job under way, or one that has ended. */
export class Job {
  /** How far it was when it was last heard of. */
  state: JobOut;
  readonly #caller: Caller;
  readonly #listeners: { [K in keyof JobEvents]: Set<(job: JobEvents[K]) => void> } = { progress: new Set(), end: new Set() };

  constructor(caller: Caller, state: JobOut) {
    this.#caller = caller;
    this.state = state;
  }

  get id(): string {
    return this.state.id;
  }

  /** Be told what happens while `wait` or `watch` run. Gives a function that ends it. */
  on<K extends keyof JobEvents>(event: K, listener: (job: JobEvents[K]) => void): () => void {
    this.#listeners[event].add(listener);
    return () => void this.#listeners[event].delete(listener);
  }

  /** How far it is, each time that changes, until it has ended. */
  async *watch(options: StreamOptions = {}): AsyncGenerator<JobOut, void> {
    for await (const { event, data } of streamed(this.#caller.client, "watchJob", `/api/v1/jobs/${encodeURIComponent(this.id)}/events`, "", options)) {
      if (event !== "progress" && event !== "end") continue;
      const job = (this.state = JSON.parse(data) as JobOut);
      for (const listener of this.#listeners.progress) listener(job);
      yield job;
      if (event === "end" || ENDED.test(job.state)) {
        for (const listener of this.#listeners.end) listener(job);
        return;
      }
    }
  }

  /**
   * Wait until it has ended. Gives what became of each item, those that failed too.
   *
   * @throws JobError when the job failed as a whole or was cancelled.
   */
  async wait(options: StreamOptions = {}): Promise<ItemOut[]> {
    for await (const _ of this.watch(options));
    if (this.state.state !== "done") throw new JobError(this.state);
    const { items } = await this.#caller.call("getJobResult", { id: this.id }, { signal: options.signal });
    return items;
  }

  /** Ask anew how far it is. */
  async refresh(options?: GatewayCallOptions): Promise<JobOut> {
    return (this.state = await this.#caller.call("getJob", { id: this.id }, options));
  }

  /** What became of its items, once it has ended. */
  items(query: Omit<Given<"listJobItems">, "id" | "cursor"> = {}, options?: GatewayCallOptions): Listing<ItemOut> {
    return new Listing((cursor) => this.#caller.exchange("listJobItems", { ...query, id: this.id, cursor }, options));
  }

  /** Let it end after the item under way. */
  async cancel(options?: GatewayCallOptions): Promise<JobOut> {
    return (this.state = await this.#caller.call("cancelJob", { id: this.id }, options));
  }

  /** A new job of the items that failed or were left. */
  async retry(options?: GatewayCallOptions): Promise<Job> {
    return new Job(this.#caller, await this.#caller.call("retryJob", { id: this.id }, options));
  }
}

export class Jobs {
  readonly #caller: Caller;

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  /** Begin a job, such as `{ kind: "pages.create_many", input: { pages: [...] } }`. */
  async create(body: Given<"createJob">["body"], options?: GatewayCallOptions): Promise<Job> {
    return new Job(this.#caller, await this.#caller.call("createJob", { body }, options));
  }

  /** A job of which only the id is left. */
  async get(id: string, options?: GatewayCallOptions): Promise<Job> {
    return new Job(this.#caller, await this.#caller.call("getJob", { id }, options));
  }

  /** One's jobs, the newest first; with the scope admin those of all. */
  async list(query: Given<"listJobs"> = {}, options?: GatewayCallOptions): Promise<Job[]> {
    const { items } = await this.#caller.call("listJobs", query, options);
    return items.map((item) => new Job(this.#caller, item));
  }
}

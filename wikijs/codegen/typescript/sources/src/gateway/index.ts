/**
 * A gateway (`wikijs gateway`) in front of a wiki: REST with keys and limits of its own, jobs, events, webhooks. Works in
 * browsers on other origins, where the gateway's `cors_origins` names them.
 */

import { Caller, type GatewayOptions } from "./calling.js";
import { GatewayAssets, GatewayEvents, GatewayKeys, GatewayUsage, GatewayWebhooks } from "./administration.js";
import { Jobs } from "./jobs.js";
import { GatewayPages } from "./pages.js";

/**
 * A gateway, with the namespaces that are used most; `call` and `exchange` take every route of it by name.
 *
 * Reads are repeated when they failed in passing. Writes have an `Idempotency-Key` of their own, so that they are repeated
 * too and done once; what stays in doubt is an `OutcomeUnknownError`.
 */
export class Gateway extends Caller {
  readonly pages = new GatewayPages(this);
  readonly assets = new GatewayAssets(this);
  readonly jobs = new Jobs(this);
  readonly events = new GatewayEvents(this);
  readonly webhooks = new GatewayWebhooks(this);
  readonly keys = new GatewayKeys(this);
  readonly usage = new GatewayUsage(this);

  /** @param options `url` is the gateway's root, `token` one of its keys. */
  constructor(options: GatewayOptions) {
    super(options);
  }
}

export { type Answered, type Arguments, type GatewayCallOptions, type GatewayOptions, type Given, type Name, type Result } from "./calling.js";
export { GatewayAssets, GatewayEvents, GatewayKeys, GatewayUsage, GatewayWebhooks, isEvent, type WatchOptions } from "./administration.js";
export { Job, JobError, type JobEvents, Jobs } from "./jobs.js";
export { Listing, type Part } from "./listing.js";
export { GatewayPages, type ReadOptions, type Tagged, type Target } from "./pages.js";
export { GatewayError } from "./problem.js";
export { type Message, type StreamOptions } from "./streaming.js";
export type * from "../generated/gateway.js";
export { APIError, AuthenticationError, ConflictError, NotFoundError, OutcomeUnknownError, PermissionDeniedError, RateLimitError, ServerError, TimeoutError, TransportError, ValidationError, WikiJSError } from "../core/index.js";

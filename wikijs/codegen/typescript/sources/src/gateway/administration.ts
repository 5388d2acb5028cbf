/** Events, webhooks, keys, usage and files of a gateway. */

import type { WikiEvent } from "../generated/events.js";
import type { Asset, KeyOut, Me, WebhookOut } from "../generated/gateway.js";
import { isEvent, type UnknownEvent } from "../webhooks.js";
import type { Caller, GatewayCallOptions, Given } from "./calling.js";
import { Listing } from "./listing.js";
import { streamed, type StreamOptions } from "./streaming.js";

export { isEvent };

type AnyEvent = WikiEvent | UnknownEvent;

export interface WatchOptions extends StreamOptions {
  /** Number (`sequence`) of the last event that is known; without it those that come from now on. */
  after?: number | undefined;
  /** Only these: "page.updated", "page.*". */
  types?: readonly string[] | undefined;
}

class Part {
  protected readonly caller: Caller;

  constructor(caller: Caller) {
    this.caller = caller;
  }
}

export class GatewayEvents extends Part {
  /**
   * What changes in the wiki, as it comes. A stream that breaks off is taken up after the last event, so that none is
   * missed within seven days. Ends when `signal` aborts, or with the loop.
   */
  async *watch({ after, types, ...options }: WatchOptions = {}): AsyncGenerator<AnyEvent, void> {
    const query = new URLSearchParams((types ?? []).map((type) => ["types", type]));
    const path = "/api/v1/events" + (query.size ? `?${query}` : "");
    const last = after === undefined ? "" : `${after}`;
    for await (const { data } of streamed(this.caller.client, "streamEvents", path, last, options)) yield JSON.parse(data) as AnyEvent;
  }

  /** What changed in the last seven days, after an event. */
  list(query: Given<"listEvents"> = {}, options?: GatewayCallOptions): Listing<AnyEvent> {
    const { after = 0, limit = 100 } = query;
    return new Listing(async (cursor) => {
      const answer = await this.caller.exchange("listEvents", { limit, after: cursor === undefined ? after : Number(cursor) }, options);
      const { items, last } = answer.value;
      return { ...answer, value: { items: items as unknown as AnyEvent[] }, next: items.length < limit! ? undefined : `${last}` };
    });
  }

  /** What opens one stream within a minute in a place that cannot send a key: `new EventSource(url + "/api/v1/events?ticket=" + ticket)`. */
  async ticket(options?: GatewayCallOptions): Promise<string> {
    return (await this.caller.call("createTicket", {}, options)).ticket;
  }
}

export class GatewayWebhooks extends Part {
  async list(options?: GatewayCallOptions): Promise<WebhookOut[]> {
    return (await this.caller.call("listWebhooks", {}, options)).items;
  }

  get(id: string, options?: GatewayCallOptions): Promise<WebhookOut> {
    return this.caller.call("getWebhook", { id }, options);
  }

  /** Tell an address what changes. `secret` is in the answer this once. */
  create(body: Given<"createWebhook">["body"], options?: GatewayCallOptions): Promise<WebhookOut> {
    return this.caller.call("createWebhook", { body }, options);
  }

  /** Change a webhook, pause it, or let it go on. */
  update(id: string, body: Given<"updateWebhook">["body"], options?: GatewayCallOptions): Promise<WebhookOut> {
    return this.caller.call("updateWebhook", { id, body }, options);
  }

  async delete(id: string, options?: GatewayCallOptions): Promise<void> {
    await this.caller.call("deleteWebhook", { id }, options);
  }

  /** Send a message to try it out. */
  test(id: string, options?: GatewayCallOptions): Promise<Record<string, unknown>> {
    return this.caller.call("testWebhook", { id }, options);
  }

  /** Sign with a new secret, which is in the answer this once; the old one signs beside it for a while. */
  rotate(id: string, keepOldFor = 86_400, options?: GatewayCallOptions): Promise<WebhookOut> {
    return this.caller.call("rotateWebhook", { id, body: { keepOldFor } }, options);
  }

  /** What became of its messages, the newest first. */
  async deliveries(id: string, query: Omit<Given<"listDeliveries">, "id"> = {}, options?: GatewayCallOptions): Promise<Record<string, unknown>[]> {
    return (await this.caller.call("listDeliveries", { ...query, id }, options)).items;
  }

  redeliver(id: string, delivery: string, options?: GatewayCallOptions): Promise<Record<string, unknown>> {
    return this.caller.call("redeliver", { id, delivery }, options);
  }
}

/** Keys of the gateway; needs the scope admin. */
export class GatewayKeys extends Part {
  async list(options?: GatewayCallOptions): Promise<KeyOut[]> {
    return (await this.caller.call("listKeys", {}, options)).items;
  }

  get(id: string, options?: GatewayCallOptions): Promise<KeyOut> {
    return this.caller.call("getKey", { id }, options);
  }

  /** Make a key. The key itself is in the answer this once, as `key`. */
  create(body: Given<"createKey">["body"], options?: GatewayCallOptions): Promise<KeyOut> {
    return this.caller.call("createKey", { body }, options);
  }

  update(id: string, body: Given<"updateKey">["body"], options?: GatewayCallOptions): Promise<KeyOut> {
    return this.caller.call("updateKey", { id, body }, options);
  }

  /** A new secret, in the answer this once; the old one is good for a while. */
  rotate(id: string, body: Given<"rotateKey">["body"] = {}, options?: GatewayCallOptions): Promise<KeyOut> {
    return this.caller.call("rotateKey", { id, body }, options);
  }

  revoke(id: string, options?: GatewayCallOptions): Promise<KeyOut> {
    return this.caller.call("revokeKey", { id }, options);
  }
}

export class GatewayUsage extends Part {
  /** Who one is for the gateway, and what one may do. */
  me(options?: GatewayCallOptions): Promise<Me> {
    return this.caller.call("getMe", {}, options);
  }

  /** What one has used. */
  mine(query: Given<"getMyUsage"> = {}, options?: GatewayCallOptions): Promise<Record<string, unknown>> {
    return this.caller.call("getMyUsage", query, options);
  }

  /** What is left of one's limits. */
  limits(options?: GatewayCallOptions): Promise<Record<string, unknown>> {
    return this.caller.call("getMyLimits", {}, options);
  }

  /** What all have used; needs the scope admin. */
  all(query: Given<"getUsage"> = {}, options?: GatewayCallOptions): Promise<Record<string, unknown>> {
    return this.caller.call("getUsage", query, options);
  }
}

export class GatewayAssets extends Part {
  /** Files of a folder, in parts. */
  list(query: Omit<Given<"listAssets">, "cursor"> = {}, options?: GatewayCallOptions): Listing<Asset> {
    return new Listing((cursor) => this.caller.exchange("listAssets", { ...query, cursor }, options));
  }

  /** Upload a file. */
  upload(body: Given<"uploadAsset">["body"], query: Omit<Given<"uploadAsset">, "body">, options?: GatewayCallOptions): Promise<Asset> {
    return this.caller.call("uploadAsset", { ...query, body }, options);
  }

  /** Download a file by its path. */
  download(path: string, options?: GatewayCallOptions): Promise<Blob> {
    return this.caller.call("downloadAsset", { path }, options);
  }
}

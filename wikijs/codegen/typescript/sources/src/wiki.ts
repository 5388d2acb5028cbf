/** The client with all namespaces. */

import { methods, operation } from "./compact.js";
import { batch, batchSettled, type Operations, type Results, type Settled } from "./core/batch.js";
import { type CallOptions, Client, type ClientOptions } from "./core/client.js";
import { explain } from "./core/explain.js";
import { graphQLError } from "./core/reply.js";
import { writeOf } from "./core/writing.js";
import { PageMethods, type Pages } from "./facade/pages.js";
import { UserMethods, type Users } from "./facade/users.js";
import type { Raw } from "./generated/namespaces.js";

export interface WikiJSOptions extends ClientOptions {
  /** Milliseconds before each look at the wiki, when the outcome of a page write is unknown; 500 to 4,000 unless given. */
  settleWaits?: readonly number[];
}

/** What logging in needs besides user name and password. */
export interface LoginOptions extends CallOptions {
  /** Key of the login strategy; "local" unless given. */
  strategy?: string;
  /** Asked for the code of six digits where the account wants one. */
  totp?: () => string | Promise<string>;
}

type Namespaces = Omit<Raw, "pages" | "users"> & { readonly pages: Pages; readonly users: Users };

/** Everything: each namespace of the schema, and what the schema cannot do in one step. */
export class WikiJS extends Client {
  /** The operations of the schema as they are. Beware of `raw.pages.update`, which erases what it is not given. */
  readonly raw: Raw;

  constructor(options: WikiJSOptions) {
    super({ explain, ...options });
    this.raw = methods(this);
    const { pages, users } = this.raw;
    Object.assign(this, this.raw, {
      pages: extended(new PageMethods(this, options.settleWaits), pages),
      users: extended(new UserMethods(this), users),
    });
  }

  /** Do several operations of one kind, up to 50 in a request. Throws the first failure. */
  batch<const O extends Operations>(operations: O, options?: CallOptions): Promise<Results<O>> {
    return batch(this, operations, options);
  }

  /** The same, with the result or the error of each. */
  batchSettled<const O extends Operations>(operations: O, options?: CallOptions): Promise<Settled<O>> {
    return batchSettled(this, operations, options);
  }

  /** Post GraphQL of your own. A document that is more than queries counts as a write. Gives `data`. */
  async graphql<T = unknown>(query: string, variables?: object, options?: CallOptions): Promise<T> {
    const writes = /(^|[\s}#])(mutation|subscription)\b/.test(query);
    const about = writes ? writeOf("graphql") : { field: "graphql", rules: undefined };
    return this.post(about, { query, variables }, options, ({ data, errors }, status) => {
      if (errors?.length) throw graphQLError(errors, { operation: "graphql", status, data }, explain);
      return data;
    });
  }

  /** Log in by user name and password, and send the token from then on. Gives the token. */
  async login(username: string, password: string, { strategy = "local", totp, ...options }: LoginOptions = {}): Promise<string> {
    let found = await this.execute(operation("authenticationLogin", { username, password, strategy }), options);
    if (found.mustProvideTFA && totp) {
      const step = { continuationToken: found.continuationToken!, securityCode: await totp() };
      found = await this.execute(operation("authenticationLoginTFA", step), options);
    }
    if (!found.jwt) {
      const { mustChangePwd, mustSetupTFA } = found;
      const wanted = mustChangePwd ? "its password changed" : mustSetupTFA ? "two-factor codes set up" : "a two-factor code";
      throw explain(`The account wants ${wanted} first.`, { operation: "authentication.login", code: 1001 });
    }
    return (this.options.token = found.jwt);
  }
}

/** Methods of ours with those of the schema besides. */
function extended<M extends object>(ours: M, schema: object): M {
  for (const [name, method] of Object.entries(schema)) if (!(name in ours)) Object.assign(ours, { [name]: method });
  return ours;
}

export interface WikiJS extends Namespaces {}

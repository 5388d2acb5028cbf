/** Users: found by address, and created with an answer. */

import { operation } from "../compact.js";
import type { CallOptions, Client } from "../core/client.js";
import { explain } from "../core/explain.js";
import type { Users as RawUsers } from "../generated/namespaces.js";
import type { User } from "../generated/types.js";
import { type BatchResult, type ManyOptions, oneByOne } from "./many.js";

export interface NewUser {
  email: string;
  name: string;
  /** At least six characters; without one only other login providers make sense. */
  password?: string | undefined;
  /** Ids of groups. */
  groups?: readonly number[] | undefined;
  /** "local" unless given. */
  providerKey?: string | undefined;
  mustChangePassword?: boolean | undefined;
  sendWelcomeEmail?: boolean | undefined;
}

export class UserMethods {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  /** Read a user by id or by email address. */
  get = async (user: number | string, options?: CallOptions): Promise<User> => {
    if (typeof user === "number") return this.#client.execute(operation("usersSingle", { id: user }), options);
    const found = (await this.#client.execute(operation("usersList", {}), options)).find(({ email }) => email === user.toLowerCase());
    if (!found) throw explain(`There is no user ${user}.`, { operation: "users.list", code: 1016 });
    return this.get(found.id, options);
  };

  /** Create a user, and give the account as it is: the server itself does not say its id. */
  create = async ({ password = "", groups = [], providerKey = "local", ...user }: NewUser, options?: CallOptions): Promise<User> => {
    const variables = { mustChangePassword: false, sendWelcomeEmail: false, ...user, passwordRaw: password, groups: [...groups], providerKey };
    await this.#client.execute(operation("usersCreate", variables), options);
    return this.get(user.email, options);
  };

  /** Create users one after the other. */
  createMany = <I extends NewUser>(users: readonly I[], options: ManyOptions = {}): Promise<BatchResult<I, User>> =>
    oneByOne(users, options, (user) => this.create(user, options));
}

/** Users: the schema's operations, and more. */
export type Users = Omit<RawUsers, keyof UserMethods> & UserMethods;

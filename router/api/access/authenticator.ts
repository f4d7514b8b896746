import { hash, randomBytes } from 'node:crypto';
import { type BulkheadPolicy, bulkhead, isBulkheadRejectedError } from 'cockatiel';
import { LRUCache } from 'lru-cache';
import { hashPassword, isPasswordOf } from '../../../core/access/password-hash.ts';
import { AccessRights, type UserRights } from '../../../core/access/user-rights.ts';
import type { Clock } from '../../../core/clock.ts';
import { BraidError } from '../../../core/errors.ts';
import type { Principal } from '../../operations/request-context.ts';
import type { AccessSource } from './access-source.ts';
import type { Credentials } from './credentials.ts';
import { GuessLimiter } from './guess-limiter.ts';
import { ACCESS_LIMITS, type AccessLimits } from './limits.ts';

/** Credentials that were right, for the password that the user had then. */
interface Verified {
  readonly user: string;
  readonly passwordHash: string;
}

export interface AuthenticatorOptions {
  readonly source: AccessSource;
  readonly clock: Clock;
  readonly limits?: Partial<AccessLimits>;
}

/**
 * Tells who somebody is from a user's name and password. Passwords are hashed off the event loop, few at a time, and guessing is slow (guess-limiter.ts). What was right is
 * remembered for minutes by a keyed digest, so that a call usually costs that digest only; it counts as long as the user's password is the same, so a changed password and a dropped
 * user are refused as soon as the change is known here. A user who is not there costs a hash as well, and fails with the same words.
 */
export class Authenticator {
  readonly #source: AccessSource;
  readonly #limits: AccessLimits;
  readonly #guesses: GuessLimiter;
  readonly #hashes: BulkheadPolicy;
  readonly #digestKey = randomBytes(32).toString('hex');
  readonly #verified: LRUCache<string, Verified>;
  /** By digest: those that come at the same time wait for one hash. */
  readonly #verifying = new Map<string, Promise<Principal>>();
  /** Of nobody's password. */
  readonly #nobody = hashPassword(randomBytes(16).toString('hex'));
  #rights: AccessRights | undefined;

  constructor({ source, clock, limits }: AuthenticatorOptions) {
    this.#source = source;
    this.#limits = { ...ACCESS_LIMITS, ...limits };
    this.#guesses = new GuessLimiter(this.#limits, clock);
    this.#hashes = bulkhead(this.#limits.hashesMax, this.#limits.hashesWaitingMax);
    this.#verified = new LRUCache({ max: this.#limits.verifiedMax, ttl: this.#limits.verifiedMs });
  }

  /**
   * `shown` is the credentials as they were sent, `read` makes a user and a password of them, `address` is the caller's. At once where they are remembered. Throws `unauthenticated` in
   * Milvus' words.
   */
  authenticate(
    shown: string,
    read: (shown: string) => Credentials | undefined,
    address: string,
  ): Principal | Promise<Principal> {
    if (shown === '') throw refusal('missing authorization in header');
    if (shown.length > this.#limits.authorizationLengthMax) throw refusal('invalid token format');
    // The digest never leaves this process, so a key before the text serves; an HMAC takes ten times as long.
    const digest = hash('sha256', this.#digestKey + shown, 'base64');
    const remembered = this.#recall(digest);
    if (remembered) return remembered;
    const credentials = read(shown);
    if (!credentials) throw refusal('auth check failure, please check api key is correct');
    const running = this.#verifying.get(digest);
    if (running) return running;
    const verifying = this.#verify(credentials, digest, address).finally(() => this.#verifying.delete(digest));
    this.#verifying.set(digest, verifying);
    return verifying;
  }

  /** What the user may do by the newest records that are known; undefined where there is no such user. */
  rightsOf(user: string): UserRights | undefined {
    const records = this.#source.current;
    if (!records) return undefined;
    if (this.#rights?.records !== records) this.#rights = new AccessRights(records);
    return this.#rights.of(user);
  }

  passwordHashOf(user: string): string | undefined {
    return this.#source.current?.users.find(({ name }) => name === user)?.passwordHash;
  }

  /** Looks for newer records. False: there are none. */
  async refresh(): Promise<boolean> {
    const before = this.#source.current;
    await this.#source.refresh();
    return this.#source.current !== before;
  }

  #recall(digest: string): Principal | undefined {
    const verified = this.#verified.get(digest);
    if (!verified || this.passwordHashOf(verified.user) !== verified.passwordHash) return undefined;
    return { user: verified.user, rights: this.rightsOf(verified.user)! };
  }

  async #verify(credentials: Credentials, digest: string, address: string): Promise<Principal> {
    if (!this.#source.current) await this.#source.refresh();
    const guesser = `${address} ${credentials.user}`;
    if (!(await this.#guesses.turn(guesser))) throw wrong();
    // Another router may have just made the user or changed the password.
    const passwordHash =
      (await this.#matchingHash(credentials)) ??
      ((await this.refresh()) ? await this.#matchingHash(credentials) : undefined);
    const signedIn =
      passwordHash === undefined ? undefined : this.#remember(digest, { user: credentials.user, passwordHash });
    if (signedIn) this.#guesses.succeeded(guesser);
    else this.#guesses.failed(guesser);
    if (!signedIn) throw wrong();
    return signedIn;
  }

  /** Undefined where the user or the password is another by now. */
  #remember(digest: string, verified: Verified): Principal | undefined {
    this.#verified.set(digest, verified);
    return this.#recall(digest);
  }

  /** The hash that the password has been found to match. */
  async #matchingHash({ user, password }: Credentials): Promise<string | undefined> {
    const passwordHash = this.passwordHashOf(user);
    const against = passwordHash ?? (await this.#nobody);
    const isRight = await this.#hashes
      .execute(() => isPasswordOf(against, password))
      .catch((error) => {
        if (!isBulkheadRejectedError(error)) throw error;
        throw new BraidError('tooManyRequests', `${this.#limits.hashesWaitingMax} sign-ins wait already`);
      });
    return isRight ? passwordHash : undefined;
  }
}

function wrong(): BraidError {
  return refusal('auth check failure, please check username and password are correct');
}

function refusal(message: string): BraidError {
  return new BraidError('unauthenticated', message);
}

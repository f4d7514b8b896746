import { setTimeout as sleep } from 'node:timers/promises';
import { Backoff } from '../../core/backoff.ts';
import { toBraidError } from '../../core/errors.ts';
import type { PluginLogger } from '../plugin.ts';
import type { Discovery, Member } from './discovery.ts';
import { DISCOVERY_LIMITS } from './limits.ts';
import { MemberFeed } from './member-feed.ts';

/** Who stands behind a name now, and for how long that holds. */
export interface NameAnswer {
  readonly members: readonly Member[];
  readonly ttlMs: number;
}

/** A name that stands for members. */
export interface NameQuestion {
  readonly name: string;
  /** Throws when there is no answer, or none that names anybody: then the last answer stays. */
  ask(): Promise<NameAnswer>;
}

/**
 * A discovery that only reads: members behind names, asked for again when their answers are old. A name that cannot be resolved keeps its last answer, for an empty one cannot be told from a
 * fault; so the last member of a name never leaves. The first list comes when every name was asked once.
 */
export class NamesDiscovery implements Discovery {
  readonly #questions: readonly NameQuestion[];
  readonly #logger: PluginLogger;
  readonly #feed = new MemberFeed();
  readonly #closing = new AbortController();
  readonly #answers = new Map<NameQuestion, readonly Member[]>();
  readonly #fixed: readonly Member[];
  #unasked: number;
  #asking: Promise<unknown> | undefined;

  /** `fixed` are members that need no question. */
  constructor(questions: readonly NameQuestion[], fixed: readonly Member[], logger: PluginLogger) {
    this.#questions = questions;
    this.#unasked = questions.length;
    this.#fixed = fixed;
    this.#logger = logger;
    if (questions.length === 0) this.#publish();
  }

  watch(signal: AbortSignal): AsyncIterable<readonly Member[]> {
    this.#asking ??= Promise.all(this.#questions.map((question) => this.#askForever(question)));
    return this.#feed.watch(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    this.#feed.close();
  }

  async #askForever(question: NameQuestion): Promise<void> {
    const { signal } = this.#closing;
    const backoff = new Backoff(DISCOVERY_LIMITS.nameRetryMsMin, DISCOVERY_LIMITS.nameRetryMsMax);
    let complaint: string | undefined;
    for (let isFirst = true; !signal.aborted; isFirst = false) {
      let waitMs: number;
      try {
        const { members, ttlMs } = await question.ask();
        if (signal.aborted) return;
        this.#answers.set(question, members);
        waitMs = ttlMs;
        complaint = undefined;
        backoff.reset();
      } catch (thrown) {
        if (signal.aborted) return;
        const { message } = toBraidError(thrown);
        if (message !== complaint)
          this.#logger.warn({ name: question.name, reason: message }, 'a name has no answer: its known members stay');
        complaint = message;
        waitMs = backoff.nextMs();
      }
      if (isFirst) this.#unasked--;
      this.#publish();
      await sleep(waitMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  #publish(): void {
    if (this.#unasked > 0) return;
    const nobodyIsKnown = this.#fixed.length === 0 && this.#answers.size === 0;
    if (nobodyIsKnown && this.#questions.length > 0) return;
    const members = new Map<string, Member>();
    for (const member of [this.#fixed, ...this.#answers.values()].flat()) {
      const known = members.get(member.nodeId);
      const roles = [...new Set([...(known?.roles ?? []), ...member.roles])];
      members.set(member.nodeId, { ...known, ...member, roles });
    }
    this.#feed.publish([...members.values()]);
  }
}

/** @import { Member, PluginLogger } from 'braid/plugin' */

/**
 * A list at a URL, looked at again and again, with its entity tag so that an unchanged one costs little. What was read last stays when the server goes away or answers
 * with anything but a list.
 */
export class PolledList {
  #options;
  #parse;
  #logger;
  #end = new AbortController();
  /** @type {readonly Member[]} */
  #members = [];
  /** How many different lists there were. */
  #version = 0;
  #text = '';
  #entityTag = '';
  #isFailing = false;
  #changed = Promise.withResolvers();

  /**
   * @param {{ url: string, token?: string, intervalMs: number, timeoutMs: number }} options
   * @param {(json: unknown) => readonly Member[]} parse throws when it is no list at all
   * @param {PluginLogger} logger
   */
  constructor(options, parse, logger) {
    this.#options = options;
    this.#parse = parse;
    this.#logger = logger;
  }

  /** Looks once, then goes on in the background. A server that does not answer is no error. */
  async start() {
    await this.#look();
    this.#schedule();
  }

  /** @param {AbortSignal} signal @returns {AsyncGenerator<readonly Member[]>} */
  async *watch(signal) {
    const ended = AbortSignal.any([signal, this.#end.signal]);
    let seen = 0;
    while (!ended.aborted) {
      const changed = this.#changed.promise;
      if (this.#version > seen) {
        seen = this.#version;
        yield this.#members;
      } else await Promise.race([changed, aborted(ended)]);
    }
  }

  end() {
    this.#end.abort();
  }

  #schedule() {
    if (this.#end.signal.aborted) return;
    const timer = setTimeout(() => this.#look().then(() => this.#schedule()), this.#options.intervalMs);
    timer.unref();
    this.#end.signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  }

  async #look() {
    try {
      const text = await this.#fetch();
      if (text !== undefined && text !== this.#text) this.#take(text);
      if (this.#isFailing) this.#logger.info({ url: this.#options.url }, 'the list of members is read again');
      this.#isFailing = false;
    } catch (error) {
      if (this.#end.signal.aborted) return;
      if (!this.#isFailing)
        this.#logger.warn({ url: this.#options.url, error }, 'the list of members cannot be read: the last one stays');
      this.#isFailing = true;
    }
  }

  /** The file's text, or undefined when it has not changed since the last look. */
  async #fetch() {
    const { url, token, timeoutMs } = this.#options;
    const headers = { accept: 'application/json' };
    if (token !== undefined) headers.authorization = `Bearer ${token}`;
    if (this.#entityTag !== '') headers['if-none-match'] = this.#entityTag;
    const signal = AbortSignal.any([this.#end.signal, AbortSignal.timeout(timeoutMs)]);
    const answer = await fetch(url, { headers, signal });
    if (answer.status === 304) return undefined;
    if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
    const text = await answer.text();
    // Only now: a tag whose list never arrived must not be sent.
    this.#entityTag = answer.headers.get('etag') ?? '';
    return text;
  }

  #take(text) {
    this.#members = this.#parse(JSON.parse(text));
    this.#text = text;
    this.#version++;
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}

/** @param {AbortSignal} signal */
function aborted(signal) {
  return new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}

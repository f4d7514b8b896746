/** Messages of one stream on their way from the connection to the one loop that consumes them. */
export class MessageQueue<Message> implements AsyncIterable<Message> {
  #messages: Message[] = [];
  #wake: (() => void) | undefined;
  #ended = false;
  #error: unknown;

  get length(): number {
    return this.#messages.length;
  }

  push(message: Message): void {
    if (this.#ended) return;
    this.#messages.push(message);
    this.#wake?.();
  }

  /** No more messages; those already here are still delivered. With an error, the consumer throws it after them. */
  end(error?: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#error = error;
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Message> {
    for (;;) {
      const batch = this.#messages;
      this.#messages = [];
      yield* batch;
      if (this.#messages.length > 0) continue;
      if (this.#ended) break;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
    if (this.#error) throw this.#error;
  }
}

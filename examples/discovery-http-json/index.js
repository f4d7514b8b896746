import { definePlugin, durationMs, secretText, Type } from 'braid/plugin';
import { membersOf } from './members-of.js';
import { PolledList } from './polled-list.js';

/** Reads the members of the cluster from a JSON file that some server keeps. See README.md. */
export default definePlugin({
  api: 1,
  kind: 'discovery',
  name: 'http-json',
  options: Type.Object({
    url: Type.String({ pattern: '^https?://\\S+$', description: 'Address of the JSON file.' }),
    token: Type.Optional(secretText({ minLength: 1, description: 'Sent as `Authorization: Bearer`.' })),
    intervalMs: durationMs({ default: 5_000, minimum: 50, description: 'Pause between two looks.' }),
    timeoutMs: durationMs({ default: 5_000, minimum: 1, description: 'Time-out of one look.' }),
  }),
  async open(options, { logger, signal }) {
    const list = new PolledList(options, (json) => membersOf(json, logger), logger);
    signal.addEventListener('abort', () => list.end(), { once: true });
    await list.start();
    return {
      watch: (watchSignal) => list.watch(watchSignal),
      [Symbol.asyncDispose]: async () => list.end(),
    };
  },
});

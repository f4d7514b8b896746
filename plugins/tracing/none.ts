import Type from 'typebox';
import { definePlugin } from '../plugin.ts';

/** Records nothing. */
export default definePlugin({
  api: 1,
  kind: 'tracing',
  name: 'none',
  options: Type.Object({}),
  open: async () => ({ exporter: undefined, [Symbol.asyncDispose]: async () => undefined }),
});

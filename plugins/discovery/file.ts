import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Type from 'typebox';
import { parse } from 'yaml';
import { checkSettings } from '../../config/check-settings.ts';
import { durationMs } from '../../config/setting-types.ts';
import { BraidError, toBraidError } from '../../core/errors.ts';
import { definePlugin, type PluginLogger } from '../plugin.ts';
import type { Discovery, Member } from './discovery.ts';
import { listedMember, refuseDoubles } from './listed-member.ts';

const fileContent = Type.Object({
  members: Type.Array(
    Type.Object({
      ...listedMember,
      roles: Type.Array(Type.Union([Type.Literal('writer'), Type.Literal('reader')]), { minItems: 1 }),
    }),
  ),
});

/**
 * A list in a YAML or JSON file that may change while the processes run: written by an operator, by a configuration tool, or mounted from a ConfigMap. It is read every
 * `intervalMs` (notifications of file systems reach neither network mounts nor the links of a ConfigMap). Replace it whole (write beside it, then rename): a file that cannot be read,
 * or is not such a list, changes nothing.
 *
 *     members:
 *       - { address: "10.0.0.4:19540", roles: [writer] }
 *       - { address: "10.0.0.5:19540", roles: [reader], zone: west }
 */
export default definePlugin({
  api: 1,
  kind: 'discovery',
  name: 'file',
  options: Type.Object({
    path: Type.String({
      minLength: 1,
      description: 'The file, YAML or JSON; a relative path begins at the folder of the configuration file.',
    }),
    intervalMs: durationMs({ default: 1_000, minimum: 10, description: 'Pause between two looks at the file.' }),
  }),
  async open({ path, intervalMs }, { configFolder, logger }) {
    return new FileDiscovery(resolve(configFolder, path), intervalMs, logger);
  },
});

class FileDiscovery implements Discovery {
  readonly #path: string;
  readonly #intervalMs: number;
  readonly #logger: PluginLogger;
  readonly #closing = new AbortController();

  constructor(path: string, intervalMs: number, logger: PluginLogger) {
    this.#path = path;
    this.#intervalMs = intervalMs;
    this.#logger = logger;
  }

  async *watch(ended: AbortSignal): AsyncGenerator<readonly Member[]> {
    const signal = AbortSignal.any([ended, this.#closing.signal]);
    let taken: string | undefined;
    let complaint: string | undefined;
    while (!signal.aborted) {
      try {
        const text = await readFile(this.#path, 'utf8');
        if (text !== taken) {
          const members = membersOf(text, this.#path);
          taken = text;
          yield members;
        }
        complaint = undefined;
      } catch (thrown) {
        const { message } = toBraidError(thrown);
        if (message !== complaint) this.#logger.warn({ reason: message }, 'the known members stay');
        complaint = message;
      }
      await sleep(this.#intervalMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
  }
}

function membersOf(text: string, path: string): readonly Member[] {
  let content: unknown;
  try {
    content = parse(text);
  } catch (cause) {
    throw new BraidError('parameterInvalid', `${path} is not YAML: ${(cause as Error).message}`, { cause });
  }
  const members = checkSettings(fileContent, content, path).members.map((member): Member => {
    return { ...member, nodeId: member.nodeId ?? member.address };
  });
  refuseDoubles(members, `${path}: `);
  return members;
}

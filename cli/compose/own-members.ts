import type { Config } from '../../config/config.ts';
import type { Discovery, Member } from '../../plugins/discovery/discovery.ts';

/** Addresses of the nodes of a process that needs no other. Nothing listens there. */
export const LOCAL_WRITER = 'local-writer';
export const LOCAL_READER = 'local-reader';

/** True when this process is a whole cluster: all roles, and no other node is configured. */
export function isAlone(config: Config): boolean {
  const { use, with: options } = config.discovery;
  const readers = options['readers'];
  const namesNobody = options['writer'] === undefined && (!Array.isArray(readers) || readers.length === 0);
  return use === 'static' && namesNobody && config.roles.length === 3;
}

/** Discovery of a process that is alone: its own writer and reader. */
export class OwnMembers implements Discovery {
  async *watch(signal: AbortSignal): AsyncGenerator<readonly Member[]> {
    yield [
      { nodeId: LOCAL_WRITER, address: LOCAL_WRITER, roles: ['writer'] },
      { nodeId: LOCAL_READER, address: LOCAL_READER, roles: ['reader'] },
    ];
    if (signal.aborted) return;
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

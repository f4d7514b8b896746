import { connect } from 'node:net';
import { splitAddress } from '../../core/node-address.ts';
import { DOCTOR_LIMITS } from './limits.ts';

/** Why nobody can be reached at host:port; undefined if somebody can. */
export function connectError(address: string): Promise<string | undefined> {
  const { host, port } = splitAddress(address);
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: DOCTOR_LIMITS.connectMsMax });
    const end = (error: string | undefined): void => {
      socket.destroy();
      resolve(error);
    };
    socket.once('connect', () => end(undefined));
    socket.once('timeout', () => end(`no answer within ${DOCTOR_LIMITS.connectMsMax} ms`));
    socket.once('error', (error) => end(error.message || (error as NodeJS.ErrnoException).code || 'not reached'));
  });
}

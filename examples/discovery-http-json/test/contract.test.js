import { discoveryContract } from 'braid/contracts';
import plugin from '../index.js';
import { ListServer } from './list-server.js';

discoveryContract('http-json', async () => {
  const server = await ListServer.start();
  const host = (logger) => ({
    logger,
    dataFolder: '/nowhere',
    configFolder: '/nowhere',
    signal: new AbortController().signal,
  });
  let isRunning = true;
  return {
    open: (logger) => plugin.open({ url: server.url, intervalMs: 50, timeoutMs: 2_000 }, host(logger)),
    show: async (addresses) => {
      server.json = { members: addresses.map((address) => ({ address })) };
    },
    stop: async () => {
      isRunning = false;
      await server.stop();
    },
    start: async () => {
      isRunning = true;
      await server.start();
    },
    [Symbol.asyncDispose]: async () => {
      if (isRunning) await server.stop();
    },
  };
});

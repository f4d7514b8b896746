import closeWithGrace from 'close-with-grace';
import type { Config } from '../config/config.ts';
import { loadNodeId } from '../config/node-id.ts';
import { toBraidError } from '../core/errors.ts';
import { createLogger } from '../telemetry/log/logger.ts';
import { startProcess } from './compose/start-process.ts';
import { serviceNameOf } from './service-name.ts';

const LOSING_EXIT_CODE = 70;
/** What calls under way are given is theirs; closing the rest takes some more. */
const CLOSE_MARGIN_MS = 5_000;

/** `braid start`: runs until SIGTERM or SIGINT, then drains. A process that lost its writer's term ends at once: only a restart is safe. */
export async function runUntilStopped(config: Config): Promise<void> {
  const nodeId = await loadNodeId(config);
  const logger = createLogger(config.telemetry.logLevel, {
    serviceName: serviceNameOf(config),
    nodeId,
    roles: config.roles,
  });
  const onFatal = (error: Error): void => {
    logger.fatal({ err: error }, 'this process cannot go on');
    process.exit(LOSING_EXIT_CODE);
  };
  const started = await startProcess(config, { nodeId, logger, onFatal });
  // From here on signals drain (until now they end the process: braid.mjs).
  for (const signal of ['SIGINT', 'SIGTERM']) process.removeAllListeners(signal);
  closeWithGrace(
    { delay: config.drainMs + config.shutdownMs + CLOSE_MARGIN_MS, logger: false },
    async ({ signal, err }) => {
      if (err) logger.fatal({ err: toBraidError(err) }, 'an error that nobody caught');
      else logger.info({ signal }, 'stopping: calls under way are finished first');
      await started[Symbol.asyncDispose]();
      logger.info('stopped');
    },
  );
  if (started.apiAddress) {
    const management = `${config.management.host}:${started.managementPort}`;
    logger.info(
      { api: started.apiAddress, management },
      `Braid is ready: Milvus API (gRPC and REST) on ${started.apiAddress}, health and metrics on ${management}`,
    );
  } else {
    logger.info({ node: started.nodeAddress }, 'this node is ready');
  }
}

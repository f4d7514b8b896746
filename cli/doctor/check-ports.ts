import { createServer } from 'node:net';
import type { Config } from '../../config/config.ts';
import { isAlone } from '../compose/own-members.ts';
import { type Check, type Finding, fail, ok, warn } from './finding.ts';
import { DOCTOR_LIMITS } from './limits.ts';
import { portOwner } from './port-owner.ts';

/** The ports that this process will listen on. */
export const portChecks: readonly Check[] = [{ name: 'ports', run: checkPorts }];

async function checkPorts(config: Config): Promise<Finding[]> {
  const { router, node, management, roles } = config;
  const servesNodes = !isAlone(config) && roles.some((role) => role !== 'router');
  const ports = [
    ...(roles.includes('router') ? [{ name: 'router.port', ...router }] : []),
    ...(servesNodes ? [{ name: 'node.port', ...node }] : []),
    { name: 'management.port', ...management },
  ];
  const runs = await answersAsBraid(management);
  return await Promise.all(ports.map((port) => checkPort(port, runs)));
}

interface Port {
  readonly name: string;
  readonly host: string;
  readonly port: number;
}

async function checkPort({ name, host, port }: Port, runs: boolean): Promise<Finding> {
  const where = `${name} ${host}:${port}`;
  if (port === 0) return ok(`${name}: any free one`);
  const code = await tryToListen(host, port);
  if (code === undefined) return ok(`${where} is free`);
  if (code !== 'EADDRINUSE')
    return fail(`${where}: ${code}`, `set ${name.replace('port', 'host')} to an address of this machine`);
  const owner = await portOwner(port);
  const seen = `${where} is in use by ${owner ?? 'a process of another user'}`;
  if (runs) return warn(seen, 'Braid is running already with these settings; a second one cannot start beside it');
  return fail(seen, `end that process, or set another ${name}`);
}

/** The code of the error, if nobody can listen there. */
function tryToListen(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen(port, host, () => server.close(() => resolve(undefined)));
  });
}

async function answersAsBraid({ host, port }: { readonly host: string; readonly port: number }): Promise<boolean> {
  if (port === 0) return false;
  try {
    const signal = AbortSignal.timeout(DOCTOR_LIMITS.connectMsMax);
    const answer = await fetch(`http://${host}:${port}/status`, { signal });
    // With authorizationEnabled it asks who we are, which tells as much.
    if (answer.status === 401) return answer.headers.get('www-authenticate')?.includes('realm="braid"') ?? false;
    return answer.ok && 'nodeId' in ((await answer.json()) as object);
  } catch {
    return false;
  }
}

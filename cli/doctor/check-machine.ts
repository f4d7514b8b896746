import { constants } from 'node:fs';
import { access, mkdtemp, readFile, rm, stat, statfs } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { checkSettings } from '../../config/check-settings.ts';
import type { Config } from '../../config/config.ts';
import { loadAddon } from '../../native/addon.ts';
import fileLog from '../../plugins/log/file.ts';
import { isNetworkMount } from '../../plugins/storage/network-mount.ts';
import { type Check, type Finding, fail, ok, warn } from './finding.ts';
import { DOCTOR_LIMITS } from './limits.ts';

const GIGABYTE = 1024 ** 3;

/** Node, the addon, the data folder, the limits of the operating system. */
export const machineChecks: readonly Check[] = [
  { name: 'node', run: async () => [checkNode()] },
  { name: 'addon', run: async () => [checkAddon()] },
  { name: 'data folder', run: ({ dataFolder }) => checkFolder(dataFolder) },
  { name: 'log folder', run: checkLogFolder },
  { name: 'open files', run: async () => [await checkOpenFiles()] },
];

function checkNode(): Finding {
  const { node } = process.versions;
  const isNew = Number(node.split('.')[0]) >= DOCTOR_LIMITS.nodeMajorMin;
  return isNew ? ok(node) : fail(node, `use Node ${DOCTOR_LIMITS.nodeMajorMin} or later`);
}

function checkAddon(): Finding {
  try {
    loadAddon();
    return ok('built from these sources');
  } catch (error) {
    return fail((error as Error).message, 'run npm run build; it needs a C++17 compiler');
  }
}

/** The folder, or the nearest one above it that is there. */
async function checkFolder(folder: string): Promise<Finding[]> {
  const existing = await nearestFolder(folder);
  const where = existing === folder ? folder : `${folder} (will be made below ${existing})`;
  try {
    await access(existing, constants.R_OK | constants.W_OK | constants.X_OK);
    // Rights alone do not show a file system that was mounted to be read only.
    if (existing === folder) await rm(await mkdtemp(join(folder, '.doctor-')), { recursive: true });
  } catch (error) {
    return [
      fail(`${where}: ${(error as Error).message}`, 'give this user the right to write there, or set dataFolder'),
    ];
  }
  const isRemote = await isNetworkMount(existing);
  const place = isRemote
    ? warn(`${where} is on a network mount`, 'set dataFolder to a local disk: SQLite and mapped files need one')
    : ok(`${where} can be written, on a local disk`);
  return [place, await checkSpace(existing)];
}

async function nearestFolder(folder: string): Promise<string> {
  const isThere = await stat(folder).then(
    () => true,
    () => false,
  );
  const above = dirname(folder);
  return isThere || above === folder ? folder : nearestFolder(above);
}

async function checkSpace(folder: string): Promise<Finding> {
  const { bavail, bsize, blocks } = await statfs(folder);
  const free = bavail * bsize;
  const seen = `${(free / GIGABYTE).toFixed(1)} GB of ${((blocks * bsize) / GIGABYTE).toFixed(1)} GB free on its disk`;
  if (free < DOCTOR_LIMITS.freeBytesFail) return fail(seen, 'free space: writes are refused when the disk is full');
  return free < DOCTOR_LIMITS.freeBytesWarn ? warn(seen, 'make room before large imports') : ok(seen);
}

/** The log itself is not opened: only the writer that leads may. */
async function checkLogFolder(config: Config): Promise<Finding[]> {
  const { use, with: options } = config.log;
  if (!config.roles.includes('writer')) return [ok('not used: this process is no writer')];
  if (use !== 'file') return [ok(`${use}: not opened, only the writer may`)];

  const { path, shared } = checkSettings(fileLog.options, options, 'log.with');
  const [place, space] = await checkFolder(resolve(config.dataFolder, path));
  const isShared = shared && place!.state === 'warn';
  return [isShared ? ok(`${place!.seen}, as log.with.shared says`) : place!, ...(space ? [space] : [])];
}

async function checkOpenFiles(): Promise<Finding> {
  const text = await readFile('/proc/self/limits', 'utf8').catch(() => '');
  const [, limit] = /^Max open files\s+(\S+)/m.exec(text) ?? [];
  if (limit === undefined) return ok('not known on this operating system');
  const enough = limit === 'unlimited' || Number(limit) >= DOCTOR_LIMITS.openFilesMin;
  const seen = `at most ${limit} files and connections`;
  return enough ? ok(seen) : warn(seen, `raise it: ulimit -n ${DOCTOR_LIMITS.openFilesMin}, LimitNOFILE= of systemd`);
}

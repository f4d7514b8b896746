import { readdir, readFile, readlink } from 'node:fs/promises';

/** Of proc(5): the state LISTEN in /proc/net/tcp. */
const LISTEN = '0A';

/** Who listens on a TCP port, as `process 123 (braid)`. Undefined where that cannot be seen: on other systems than Linux, or for processes of other users. */
export async function portOwner(port: number): Promise<string | undefined> {
  const inodes = new Set<string>();
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    const lines = (await readFile(table, 'utf8').catch(() => '')).split('\n').slice(1);
    for (const line of lines) {
      const [, local = '', , state, , , , , , inode] = line.trim().split(/\s+/);
      if (state === LISTEN && Number.parseInt(local.split(':')[1] ?? '', 16) === port) inodes.add(`socket:[${inode}]`);
    }
  }
  if (inodes.size === 0) return undefined;
  const processes = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  for (const id of processes) {
    const files = await readdir(`/proc/${id}/fd`).catch(() => []);
    const links = await Promise.all(files.map((file) => readlink(`/proc/${id}/fd/${file}`).catch(() => '')));
    if (links.some((link) => inodes.has(link))) {
      const name = await readFile(`/proc/${id}/comm`, 'utf8').catch(() => '');
      return `process ${id} (${name.trim()})`;
    }
  }
  return undefined;
}

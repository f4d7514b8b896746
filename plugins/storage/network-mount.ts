import { statfs } from 'node:fs/promises';

/** Numbers of file systems as Linux' statfs(2) gives them (linux/magic.h and the sources of those file systems). */
const NETWORK_TYPES: ReadonlySet<number> = new Set([
  0x6969, // NFS
  0x517b, // SMB
  0xfe534d42, // SMB2
  0xff534d42, // CIFS
  0x65735546, // FUSE: sshfs, s3fs, gcsfuse, GlusterFS
  0x01021997, // 9p
  0x00c36400, // Ceph
  0x5346414f, // AFS
  0x01161970, // GFS2
  0x0bd00bd0, // Lustre
  0x7461636f, // OCFS2
]);

/** Whether a folder lies on another machine, as far as the operating system tells. */
export async function isNetworkMount(folder: string): Promise<boolean> {
  const { type } = await statfs(folder);
  return NETWORK_TYPES.has(type >>> 0);
}

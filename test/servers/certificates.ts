import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const OPENSSL = '/usr/bin/openssl';

export function missingOpenssl(): string | undefined {
  return existsSync(OPENSSL) ? undefined : `${OPENSSL} not found (Debian: apt-get install openssl)`;
}

/** Paths of PEM files: an authority, and a certificate with its key that the authority signed for one name. */
export interface Certificates {
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
}

/** `subject` as openssl writes it: `IP:127.0.0.1` or `DNS:db.example`. The files are named after `name`. */
export async function createCertificates(folder: string, name: string, subject: string): Promise<Certificates> {
  const path = (suffix: string) => join(folder, `${name}-${suffix}`);
  const openssl = (...args: string[]) => promisify(execFile)(OPENSSL, args);
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  await openssl(
    ...['req', '-x509', ...newKey, '-keyout', path('ca.key'), '-out', path('ca.pem')],
    ...['-days', '2', '-subj', '/CN=braid test authority'],
  );
  await openssl('req', ...newKey, '-keyout', path('key.pem'), '-out', path('request'), '-subj', '/CN=braid test');
  await writeFile(path('extensions'), `subjectAltName=${subject}\n`);
  await openssl(
    ...['x509', '-req', '-in', path('request'), '-CA', path('ca.pem'), '-CAkey', path('ca.key'), '-CAcreateserial'],
    ...['-extfile', path('extensions'), '-out', path('cert.pem'), '-days', '2'],
  );
  return { caFile: path('ca.pem'), certFile: path('cert.pem'), keyFile: path('key.pem') };
}

import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import Type, { type Static, type TObject } from 'typebox';
import { BraidError } from '../core/errors.ts';

const properties = {
  caFile: Type.Optional(
    Type.String({ description: 'PEM file of the authority to trust; default: those that Node trusts.' }),
  ),
  certFile: Type.Optional(Type.String({ description: 'PEM file of our own certificate, if the server wants one.' })),
  keyFile: Type.Optional(Type.String({ description: 'PEM file of the key of certFile.' })),
};

/** The `tls` block of a plugin's options: TLS is used when it is there, and certificates are always verified. */
export const tlsOptions: TObject<typeof properties> = Type.Object(properties, {
  additionalProperties: false,
  description: 'TLS towards the server. Relative paths begin at the folder of the configuration file.',
});

export type TlsOptions = Static<typeof tlsOptions>;

/** PEM texts, as Node's tls takes them. */
export interface TlsFiles {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/** Relative paths begin at the folder of the configuration file. `setting` names the block in the message about a file that cannot be read. */
export async function readTlsFiles(tls: TlsOptions, configFolder: string, setting: string): Promise<TlsFiles> {
  const read = async (path: string): Promise<string> => {
    try {
      return await readFile(resolve(configFolder, path), 'utf8');
    } catch (cause) {
      throw new BraidError('parameterInvalid', `file ${path} of ${setting} cannot be read`, { cause });
    }
  };
  return {
    ...(tls.caFile !== undefined && { ca: await read(tls.caFile) }),
    ...(tls.certFile !== undefined && { cert: await read(tls.certFile) }),
    ...(tls.keyFile !== undefined && { key: await read(tls.keyFile) }),
  };
}

import { unwatchFile, watchFile } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Server as HttpServer, RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { Socket, Server as SocketServer } from 'node:net';
import { resolve } from 'node:path';
import { createSecureContext, createServer, type Server, type TlsOptions } from 'node:tls';
import type { Logger } from 'pino';
import type { Config } from '../../config/config.ts';
import { BraidError, toBraidError } from '../../core/errors.ts';

type TlsSettings = Config['security']['tls'];

/** How often the files are looked at: symbolic links, as Kubernetes mounts secrets, are followed. */
const WATCH_MS = 2_000;
const HANDSHAKE_MS = 10_000;

/**
 * TLS (1.2 and newer) of the ports that clients reach: certificate, key and the authorities of clients, from files. When a file changes, connections from then on get the new one; files that
 * do not fit together, as between two of them being replaced, change nothing.
 */
export class ServerTls implements Disposable {
  readonly #files: readonly string[];
  readonly #settings: TlsSettings;
  readonly #logger: Logger;
  readonly #servers: Pick<Server, 'setSecureContext'>[] = [];
  readonly #changed = () => void this.#reload();
  #options: TlsOptions;

  private constructor(files: readonly string[], settings: TlsSettings, options: TlsOptions, logger: Logger) {
    this.#files = files;
    this.#settings = settings;
    this.#options = options;
    this.#logger = logger;
    for (const file of files) watchFile(file, { interval: WATCH_MS, persistent: false }, this.#changed);
  }

  /** Undefined where TLS is off. Throws `parameterInvalid` for files that are missing or no good. */
  static async open({ security: { tls }, configFolder }: Config, logger: Logger): Promise<ServerTls | undefined> {
    if (tls.mode === 'off') return undefined;
    const needed = [
      'certificateFile',
      'keyFile',
      ...(tls.mode === 'mutual' ? (['clientAuthorityFile'] as const) : []),
    ] as const;
    const files = needed.map((name) => {
      if (tls[name] !== '') return resolve(configFolder, tls[name]);
      throw new BraidError(
        'parameterInvalid',
        `security.tls.mode is ${tls.mode}: security.tls.${name} must name a file`,
      );
    });
    return new ServerTls(files, tls, await optionsOf(files, tls), logger);
  }

  /** For gRPC and REST: clients that offer both get HTTP/1.1, which is REST; those of gRPC offer HTTP/2 only. */
  createSocketServer(onSocket: (socket: Socket) => void): SocketServer {
    const options = {
      ...this.#options,
      ALPNProtocols: ['http/1.1', 'h2'],
      handshakeTimeout: HANDSHAKE_MS,
      noDelay: true,
    };
    return this.#keep(createServer(options, onSocket));
  }

  createHttpServer(handler: RequestListener): HttpServer {
    return this.#keep(createHttpsServer({ ...this.#options, handshakeTimeout: HANDSHAKE_MS }, handler));
  }

  [Symbol.dispose](): void {
    for (const file of this.#files) unwatchFile(file, this.#changed);
  }

  #keep<Kept extends Pick<Server, 'setSecureContext'>>(server: Kept): Kept {
    this.#servers.push(server);
    return server;
  }

  async #reload(): Promise<void> {
    try {
      this.#options = await optionsOf(this.#files, this.#settings);
      for (const server of this.#servers) server.setSecureContext(this.#options);
      this.#logger.info({ 'tls.files': this.#files }, 'the certificate was read anew');
    } catch (error) {
      this.#logger.warn({ error: toBraidError(error).message }, 'the new certificate is no good: the old one stays');
    }
  }
}

async function optionsOf(files: readonly string[], { mode }: TlsSettings): Promise<TlsOptions> {
  const read = files.map((file) =>
    readFile(file).catch((cause) => {
      throw new BraidError('parameterInvalid', `${file} cannot be read: ${cause.message}`, { cause });
    }),
  );
  const [cert, key, ca] = await Promise.all(read);
  const options: TlsOptions = {
    cert: cert!,
    key: key!,
    minVersion: 'TLSv1.2',
    ...(mode === 'mutual' && { ca: ca!, requestCert: true, rejectUnauthorized: true }),
  };
  try {
    createSecureContext(options);
  } catch (cause) {
    const message = `certificate and key do not fit (${files.join(', ')}): ${(cause as Error).message}`;
    throw new BraidError('parameterInvalid', message, { cause });
  }
  return options;
}

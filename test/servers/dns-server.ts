import { default as dns, Packet } from 'dns2';
import { freePort } from './free-port.ts';

/** Records by type and name (`A readers.test`), or what goes wrong. */
export type Zone = Record<string, readonly DnsRecord[] | 'SERVFAIL' | 'silence'>;

export interface DnsRecord {
  readonly ttl: number;
  /** Of A and AAAA. */
  readonly address?: string;
  /** Of SRV; a name of one label: dns2 compresses longer ones, which RFC 2782 forbids and resolvers refuse. */
  readonly target?: string;
  readonly port?: number;
}

/** A DNS server on 127.0.0.1 that answers from a zone which tests change. A name without any record does not exist; long answers are truncated over UDP and come over TCP. */
export class DnsServer implements AsyncDisposable {
  zone: Zone = {};
  /** Questions by type and name. */
  readonly asked = new Map<string, number>();
  readonly port: number;
  #server: ReturnType<typeof dns.createServer> | undefined;

  private constructor(port: number) {
    this.port = port;
  }

  static async start(): Promise<DnsServer> {
    const server = new DnsServer(await freePort());
    await server.startAgain();
    return server;
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  async startAgain(): Promise<void> {
    this.#server = dns.createServer({
      udp: true,
      tcp: true,
      handle: (request, send) => this.#answer(request as Packet, send as (packet: Packet) => void),
    });
    const place = { port: this.port, address: '127.0.0.1' };
    await this.#server.listen({ udp: place, tcp: place });
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    await server?.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #answer(request: Packet, send: (packet: Packet) => void): void {
    const response = Packet.createResponseFromRequest(request);
    const { name, type } = request.questions[0] as { name: string; type: number };
    const typeName = Object.entries(Packet.TYPE).find(([, number]) => number === type)?.[0];
    const key = `${typeName} ${name.toLowerCase()}`;
    this.asked.set(key, (this.asked.get(key) ?? 0) + 1);
    const found = this.zone[key];
    if (found === 'silence') return;
    if (found === 'SERVFAIL') response.header.rcode = Packet.RCODE.SERVFAIL;
    else if (found !== undefined) {
      const fields = { name, type, class: Packet.CLASS.IN, priority: 0, weight: 1 };
      response.answers.push(...found.map((record) => ({ ...fields, ...record }) as (typeof response.answers)[number]));
    } else if (!Object.keys(this.zone).some((other) => other.endsWith(` ${name.toLowerCase()}`))) {
      response.header.rcode = Packet.RCODE.NXDOMAIN;
    }
    send(response);
  }
}

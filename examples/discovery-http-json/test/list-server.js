import { once } from 'node:events';
import { createServer } from 'node:http';

/** Serves one list with an entity tag, and can be stopped and started again on the same port. */
export class ListServer {
  /** @type {unknown} */
  json = { members: [] };
  requests = [];
  #server;
  #port = 0;

  static async start() {
    const server = new ListServer();
    await server.start();
    return server;
  }

  get url() {
    return `http://127.0.0.1:${this.#port}/members.json`;
  }

  async start() {
    this.#server = createServer((request, response) => this.#answer(request, response));
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = this.#server.address().port;
  }

  async stop() {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  #answer(request, response) {
    const text = typeof this.json === 'string' ? this.json : JSON.stringify(this.json);
    const tag = `"${Buffer.from(text).toString('base64url')}"`;
    const isUnchanged = request.headers['if-none-match'] === tag;
    this.requests.push({ authorization: request.headers.authorization, status: isUnchanged ? 304 : 200 });
    if (isUnchanged) response.writeHead(304).end();
    else response.writeHead(200, { etag: tag, 'content-type': 'application/json' }).end(text);
  }
}

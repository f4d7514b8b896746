import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';

/** Serves the document at `/openapi.json` and a page to read and to try it at `/docs`. All of it comes from this server: it works without the internet. */
export async function serveOpenapi(app: FastifyInstance, document: object): Promise<void> {
  const text = JSON.stringify(document);
  app.get('/openapi.json', (_request, reply) =>
    reply.header('content-type', 'application/json; charset=utf-8').send(text),
  );
  await app.register(swagger, { mode: 'static', specification: { document: document as never } });
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: true,
    theme: { title: 'Braid' },
    uiConfig: { docExpansion: 'none', tryItOutEnabled: true, displayRequestDuration: true, deepLinking: true },
  });
}

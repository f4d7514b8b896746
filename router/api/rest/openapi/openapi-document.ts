import Type, { type TObject } from 'typebox';
import { ERRORS } from '../../../../core/errors.ts';
import type { Endpoint } from '../endpoint.ts';
import type { EndpointPage, EndpointPages } from './endpoint-page.ts';
import { PRIVILEGE_GROUP_PAGES, ROLE_PAGES, USER_PAGES } from './pages-of-access.ts';
import { COLLECTION_PAGES } from './pages-of-collections.ts';
import { ENTITY_PAGES } from './pages-of-entities.ts';
import { JOB_PAGES } from './pages-of-jobs.ts';
import { ALIAS_PAGES, DATABASE_PAGES, INDEX_PAGES, PARTITION_PAGES } from './pages-of-names.ts';
import { TEXT_PAGES } from './pages-of-texts.ts';

export const PAGES: EndpointPages = {
  ...DATABASE_PAGES,
  ...COLLECTION_PAGES,
  ...ENTITY_PAGES,
  ...TEXT_PAGES,
  ...PARTITION_PAGES,
  ...INDEX_PAGES,
  ...ALIAS_PAGES,
  ...JOB_PAGES,
  ...USER_PAGES,
  ...ROLE_PAGES,
  ...PRIVILEGE_GROUP_PAGES,
};

/** By the first part of a path, in the order of the page. */
const TAGS: Readonly<Record<string, string>> = {
  databases: 'Databases keep collections apart. `default` is always there.',
  collections: 'Collections hold rows of one schema.',
  entities: 'Rows: written, read by key or filter, searched by vector.',
  partitions: 'Partitions divide a collection; a search may name some of them.',
  indexes: 'Indexes make searches and filters fast. A vector field needs one before its collection can be loaded.',
  aliases: 'Second names of collections.',
  users: 'Who there is. `root` is always there.',
  roles: 'What users may do.',
  privilege_groups: 'Privileges that are granted together.',
  segments: 'Where rows lie.',
  resource_groups: 'Which readers serve what: named sets of readers, and which replicas lie in them.',
  jobs: 'Work that takes its time: imports.',
  common: 'What belongs to no collection.',
};

/**
 * The REST API as an OpenAPI 3.1 document. Bodies are the schemas that the endpoints check requests with (JSON Schema, as TypeBox makes it), so that
 * the page cannot promise what the server refuses. https://spec.openapis.org/oas/v3.1.0
 */
export function openapiDocument(endpoints: readonly Endpoint[], base: string, version: string): object {
  const documented = endpoints.filter((endpoint) => endpoint.body !== undefined);
  const paths = documented.map((endpoint) => [base + endpoint.path, { post: operationOf(endpoint) }]);
  const tags = new Set(documented.map(({ path }) => tagOf(path)));
  const ordered = [...Object.keys(TAGS).filter((tag) => tags.has(tag)), ...[...tags].filter((tag) => !(tag in TAGS))];
  return {
    openapi: '3.1.0',
    info: { title: 'Braid', version, description: introduction() },
    servers: [{ url: '/', description: 'This router' }],
    security: [{ token: [] }, {}],
    tags: ordered.map((name) => ({ name, ...(TAGS[name] && { description: TAGS[name] }) })),
    paths: Object.fromEntries(paths),
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: '`user:password`' },
      },
      parameters: PARAMETERS,
      responses: RESPONSES,
    },
  };
}

function operationOf({ path, body }: Endpoint): object {
  const page: EndpointPage = PAGES[path] ?? { summary: path, example: {} };
  const data = { code: 0, data: page.data ?? {}, ...page.beside };
  return {
    operationId: path.replaceAll('/', '_'),
    tags: [tagOf(path)],
    summary: page.summary,
    ...(page.description && { description: page.description }),
    parameters: Object.keys(PARAMETERS).map((name) => ({ $ref: `#/components/parameters/${name}` })),
    requestBody: {
      content: { 'application/json': { schema: plainSchema(withDatabase(body!)), example: page.example } },
    },
    responses: {
      200: {
        description: 'Done, or an error of the application: `code` is not 0 then, and `message` says why.',
        content: {
          'application/json': {
            schema: { type: 'object', required: ['code'], properties: { code: { type: 'integer' }, data: {} } },
            examples: {
              done: { value: data },
              failed: { value: { code: 100, message: "can't find collection[database=default][collection=films]" } },
            },
          },
        },
      },
      ...Object.fromEntries(Object.keys(RESPONSES).map((code) => [code, { $ref: `#/components/responses/${code}` }])),
    },
  };
}

/** Every body may name the database. */
function withDatabase(body: TObject): object {
  if ('dbName' in body.properties) return body;
  return Type.Object({
    dbName: Type.Optional(Type.String({ description: 'Default: that of the header, or `default`.' })),
    ...body.properties,
  });
}

/** Numbers that are parsed as bigints are integers to everyone else. */
function plainSchema(schema: object): unknown {
  const plain = (key: string, value: unknown) => (key === 'type' && value === 'bigint' ? 'integer' : value);
  return JSON.parse(JSON.stringify(schema, plain));
}

function tagOf(path: string): string {
  return path.slice(0, path.indexOf('/'));
}

const PARAMETERS = {
  RequestTimeout: header('Request-Timeout', 'integer', 'Seconds after which the answer is worthless (408).', 30),
  AllowInt64: header(
    'Accept-Type-Allow-Int64',
    'boolean',
    '`false`: 64-bit integers leave as texts, for clients whose numbers are doubles.',
    true,
  ),
  Database: header('DB-Name', 'string', 'The database, where the body names none.', 'default'),
  RequestId: header('Request-Id', 'string', 'Comes back in logs and traces.', 'a-7f3'),
};

function header(name: string, type: string, description: string, example: unknown): object {
  return { name, in: 'header', required: false, description, schema: { type }, example };
}

const failure = (description: string, code: number, message: string): object => ({
  description,
  content: { 'application/json': { example: { code, message } } },
});

const RESPONSES: Readonly<Record<string, object>> = {
  404: failure('There is no such path.', 404, 'POST /v2/vectordb/films: there is no such path'),
  408: failure('No answer in time.', ERRORS.deadlineExceeded.code, 'deadline exceeded'),
  413: failure('The body is too large.', ERRORS.parameterTooLarge.code, 'the request is larger than 67108864 bytes'),
};

function introduction(): string {
  const rows = Object.entries(ERRORS).map(
    ([name, { code, retriable }]) => `| ${code} | ${wordsOf(name)} | ${retriable ? 'yes' : ''} |`,
  );
  return `A vector search cluster that speaks the API of Milvus 2.x. The same port speaks gRPC: the official Milvus SDKs work as they are.

Every call is a \`POST\` with a JSON body, whatever its content type says. The answer is \`{"code": 0, "data": ...}\`, or \`{"code": n, "message": "..."}\` with HTTP status 200: look at \`code\`.
Integers beyond 2^53 are kept whole, as numbers and as texts.

## Codes

| code | meaning | try again |
| ---: | --- | :---: |
${[...new Set(rows)].join('\n')}
`;
}

/** `collectionNotFound`: collection not found. */
function wordsOf(name: string): string {
  return name.replace(/([a-z])([A-Z])/g, (_, before: string, after: string) => `${before} ${after.toLowerCase()}`);
}

/** The same search for other programs. */
export interface Snippet {
  readonly name: string;
  readonly code: string;
}

interface SearchBody {
  readonly dbName: string;
  readonly collectionName: string;
  readonly ids?: readonly string[];
  readonly data?: readonly unknown[];
  readonly annsField?: string;
  readonly filter?: string;
  readonly limit: number;
  readonly outputFields: readonly string[];
}

/** `address`: host:port of the Milvus API. `needsToken`: calls must say who they are. */
export function snippetsOf(request: object, address: string, needsToken: boolean): readonly Snippet[] {
  const body = request as SearchBody;
  return [
    { name: 'curl', code: curl(body, address, needsToken) },
    { name: 'Node', code: node(body, address, needsToken) },
    { name: 'Python', code: python(body, address, needsToken) },
  ];
}

function curl(body: SearchBody, address: string, needsToken: boolean): string {
  const token = needsToken ? ' \\\n  -H "authorization: Bearer $USER:$PASSWORD"' : '';
  const json = JSON.stringify(body, (_, value) => (isNumbers(value) ? `[${value}]` : value), 2)
    .replaceAll(/"(\[[-\d.,e+]*\])"/g, '$1')
    .replaceAll("'", "'\\''");
  return `curl -s http://${address}/v2/vectordb/entities/search \\\n  -H 'content-type: application/json'${token} \\\n  -d '${json}'`;
}

function node(body: SearchBody, address: string, needsToken: boolean): string {
  const login = needsToken ? ", token: 'user:password'" : '';
  return [
    "import { MilvusClient } from '@zilliz/milvus2-sdk-node';",
    '',
    `const client = new MilvusClient({ address: '${address}', database: ${JSON.stringify(body.dbName)}${login} });`,
    'const { results } = await client.search({',
    ...argumentsOf(body).map(([name, value]) => `  ${name}: ${JSON.stringify(value)},`),
    '});',
  ].join('\n');
}

function python(body: SearchBody, address: string, needsToken: boolean): string {
  const login = needsToken ? ', token="user:password"' : '';
  return [
    'from pymilvus import MilvusClient',
    '',
    `client = MilvusClient(uri="http://${address}", db_name=${JSON.stringify(body.dbName)}${login})`,
    'hits = client.search(',
    ...argumentsOf(body).map(([name, value]) => `    ${name}=${JSON.stringify(value)},`),
    ')',
  ].join('\n');
}

/** Vectors stay on one line. */
function isNumbers(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'number');
}

/** As both clients name them. */
function argumentsOf(body: SearchBody): readonly (readonly [string, unknown])[] {
  const { collectionName, ids, data, annsField, filter, limit, outputFields } = body;
  const all: readonly (readonly [string, unknown])[] = [
    ['collection_name', collectionName],
    ['anns_field', annsField],
    ['ids', ids?.map(numberWhereSafe)],
    ['data', data],
    ['filter', filter],
    ['limit', limit],
    ['output_fields', outputFields],
  ];
  return all.filter(([, value]) => value !== undefined);
}

/** Keys that are numbers, as far as a number holds them. */
function numberWhereSafe(id: string): string | number {
  return /^-?\d{1,15}$/.test(id) ? Number(id) : id;
}

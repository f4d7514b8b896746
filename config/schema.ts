import Type, { type Static, type TObject, type TProperties } from 'typebox';
import { durationMs, secretText, sizeBytes } from './setting-types.ts';

/**
 * Every setting: type, default, bounds, and what it is for. A new setting is one line here; the variable that overrides it (`BRAID_` and its path), its place in
 * the example file, in `braid config` and in the messages about it follow from that line.
 */

const KILOBYTE = 1024;
const MEGABYTE = 1024 * KILOBYTE;
const GIGABYTE = 1024 * MEGABYTE;

/** The roles that look at a setting, or at those of a block that do not say so themselves; docs/configuration.md shows them. Nothing: all of them. */
interface ReadBy {
  readonly readBy?: readonly ('router' | 'writer' | 'reader')[];
}

const host = (description: string, readBy?: ReadBy) =>
  Type.String({ default: '127.0.0.1', minLength: 1, description, ...readBy });
const port = (value: number, description: string, readBy?: ReadBy) =>
  Type.Integer({
    default: value,
    minimum: 0,
    maximum: 65_535,
    description: `${description} 0: any free one.`,
    ...readBy,
  });

/** A block whose settings all have defaults or are optional, so that it may be left out. */
const block = <Properties extends TProperties>(description: string, properties: Properties): TObject<Properties> =>
  Type.Object(properties, { default: {}, description });

/** One whose settings only matter to these roles. */
const blockOf = <Properties extends TProperties>(
  readBy: ReadBy['readBy'],
  description: string,
  properties: Properties,
): TObject<Properties> => Type.Object(properties, { default: {}, description, readBy });

const plugin = (name: string, description: string, readBy?: ReadBy['readBy']) =>
  blockOf(readBy, description, {
    use: Type.String({
      default: name,
      minLength: 1,
      description: 'Name of a built-in plugin, an npm package or a path.',
    }),
    with: Type.Record(Type.String(), Type.Unknown(), { default: {}, description: 'Options of the plugin.' }),
  });

const node = block('This process towards the other nodes.', {
  id: Type.Optional(
    Type.String({
      pattern: '^[A-Za-z0-9][A-Za-z0-9._:-]*$',
      maxLength: 128,
      description:
        'Name of this node, unique and the same after a restart. By default one is made up and kept in the data folder.',
    }),
  ),
  host: host('Address on which the node protocol listens. It has no authentication: keep it in a private network.', {
    readBy: ['writer', 'reader'],
  }),
  port: port(19_540, 'Port of the node protocol.', { readBy: ['writer', 'reader'] }),
  advertise: Type.Optional(
    Type.String({
      pattern: '^.+:\\d+$',
      readBy: ['writer', 'reader'],
      description: 'host:port at which other nodes reach this one, where that is not the address it listens on.',
    }),
  ),
  zone: Type.Optional(
    Type.String({
      minLength: 1,
      readBy: ['router', 'reader'],
      description: 'Where this node stands; calls prefer their own zone.',
    }),
  ),
  weight: Type.Number({
    default: 1,
    minimum: 0.01,
    maximum: 1000,
    readBy: ['reader'],
    description: 'Capacity as a reader, relative to others.',
  }),
  labels: Type.Record(Type.String(), Type.String(), {
    default: {},
    readBy: ['reader'],
    description: 'What resource groups can filter readers by.',
  }),
});

const router = blockOf(['router'], 'The Milvus API.', {
  host: host('Address on which gRPC and REST listen.'),
  port: port(19_530, 'Port of gRPC and REST.'),
  connectionsMax: Type.Integer({
    default: 10_000,
    minimum: 1,
    description: 'Connections of clients; more are closed.',
  }),
  resultCacheMs: durationMs({
    default: 0,
    description:
      'How long answers of searches are kept in the cache and given again, where the consistency level allows it: Bounded may then lack the rows of the last 5 s. 0: not at all.',
  }),
  callMs: durationMs({ default: 60_000, minimum: 1, description: 'Time-out of calls whose client names none.' }),
});

const management = block('Health, metrics, status and the console; open unless security.authorizationEnabled is set.', {
  host: host('Address on which the management port listens.'),
  port: port(9091, 'Management port.'),
  consoleSearch: Type.Optional(
    Type.Boolean({
      description:
        'Whether the console may search, which shows rows to whoever reaches this port. By default only where it listens on the loopback interface or asks who calls.',
    }),
  ),
});

const security = block('Who may do what: docs/security.md.', {
  authorizationEnabled: Type.Boolean({
    default: false,
    description:
      'Whether callers of the Milvus API and of the management port must say who they are, and may do only what they were granted.',
  }),
  metricsGuarded: Type.Boolean({
    default: false,
    description:
      'Whether /metrics on the management port needs a user who may see its pages, too. /livez and /healthz are always open.',
  }),
  rootPassword: secretText({
    default: 'Milvus',
    minLength: 6,
    maxLength: 72,
    readBy: ['writer'],
    description:
      'Password that the user root has from the first start of a cluster on. Later it is changed as that of any user.',
  }),
  tls: block(
    'TLS of the ports that clients reach. Files that change are read anew; paths begin at the folder of the configuration file.',
    {
      mode: Type.Union(
        (['off', 'one-way', 'mutual'] as const).map((mode) => Type.Literal(mode)),
        {
          default: 'off',
          readBy: ['router'],
          description:
            'TLS for gRPC and REST (tlsMode 0, 1 and 2 of Milvus): not at all, with a certificate of the server, or of clients, too.',
        },
      ),
      certificateFile: Type.String({
        default: '',
        description: 'Certificate of this server and those that lead to its authority, as PEM.',
      }),
      keyFile: Type.String({ default: '', description: 'Its private key, as PEM.' }),
      clientAuthorityFile: Type.String({
        default: '',
        description:
          'Certificates of the authorities that the certificates of clients must come from, as PEM; for mutual.',
      }),
      management: Type.Boolean({
        default: false,
        description: 'Whether the management port speaks TLS of this mode, too.',
      }),
    },
  ),
});

const writer = blockOf(['writer'], 'The writer and its builder.', {
  leaseTtlMs: durationMs({
    default: 5_000,
    minimum: 1_000,
    description: 'A writer that is silent for so long may be succeeded.',
  }),
  abandonLog: Type.Boolean({
    default: false,
    description:
      'Whether a writer may lead although the last one wrote another log: rows that only that log holds are lost.',
  }),
  segmentRowsMax: Type.Integer({
    default: 1_000_000,
    minimum: 1,
    description: 'Rows at which a growing segment is sealed.',
  }),
  segmentBytesMax: sizeBytes({
    default: 512 * MEGABYTE,
    minimum: 64 * KILOBYTE,
    description: 'Size at which a growing segment is sealed.',
  }),
  sealAfterMs: durationMs({
    default: 10 * 60_000,
    minimum: 100,
    description:
      'Age of its first row at which a growing segment is sealed, and of deletes at which they are written to a file.',
  }),
  inFlightBytesMax: sizeBytes({
    default: 256 * MEGABYTE,
    minimum: MEGABYTE,
    description: 'Writes that wait for the log; more are refused and may be tried again.',
  }),
  unsealedBytesMax: sizeBytes({
    default: 4 * GIGABYTE,
    minimum: MEGABYTE,
    description: 'Rows that are not sealed yet, all collections together; more are refused and may be tried again.',
  }),
  retentionMs: durationMs({
    default: 60_000,
    minimum: 100,
    description: 'How long a published segment stays searchable in the writer, for routers that do not know it yet.',
  }),
  deleteKeysMax: Type.Integer({
    default: 1_000_000,
    minimum: 1_000,
    description: 'Keys of deletes that are in a file already and still kept in memory, for each collection.',
  }),
  compactionEnabled: Type.Boolean({
    default: true,
    description: 'Whether segments are compacted without being asked.',
  }),
  compactionIntervalMs: durationMs({
    default: 30_000,
    minimum: 100,
    description: 'Pause between two looks for work.',
  }),
  compactionDeletedRatio: Type.Number({
    default: 0.2,
    minimum: 0.01,
    maximum: 1,
    description: 'Share of deleted rows from which a segment is rewritten.',
  }),
  compactionSmallRatio: Type.Number({
    default: 0.5,
    minimum: 0,
    maximum: 1,
    description: 'Segments below this share of segmentRowsMax and segmentBytesMax count as small.',
  }),
  compactionSegmentsMin: Type.Integer({
    default: 4,
    minimum: 2,
    description: 'So many small segments of a partition are merged.',
  }),
  garbageIntervalMs: durationMs({
    default: 10 * 60_000,
    minimum: 100,
    description: 'Pause between two collections of objects that nothing refers to.',
  }),
  garbageGraceMs: durationMs({
    default: 60 * 60_000,
    minimum: 100,
    description: 'Age at which they are deleted: more than any upload takes and any router keeps a view.',
  }),
});

const reader = blockOf(['reader'], 'The reader.', {
  cacheFolder: Type.String({
    default: 'cache',
    minLength: 1,
    description:
      'Folder of verified copies of segments, where the storage is not mapped in place; below the data folder.',
  }),
});

/** Milvus' base format. */
const ACCESS_LOG_FORMAT =
  '[$time_now] [ACCESS] <$user_name: $user_addr> $method_name [status: $method_status] [code: $error_code] [sdk: $sdk_version] [msg: $error_msg] [traceID: $trace_id] [timeCost: $time_cost]';

const telemetry = block('Logs and traces; metrics are on the management port.', {
  logLevel: Type.Union(
    ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'].map((level) => Type.Literal(level as LogLevel)),
    { default: 'info', description: 'Least serious level that is logged, as JSON on standard output.' },
  ),
  slowQueryMs: durationMs({
    default: 5_000,
    readBy: ['router'],
    description: 'Searches and queries that take longer are logged and listed at /slow-queries on the management port.',
  }),
  accessLog: blockOf(['router'], 'One line of text for every call of the Milvus API.', {
    enabled: Type.Boolean({ default: false, description: 'Whether it is written.' }),
    file: Type.String({
      default: '',
      description: 'Where it is appended to, below the data folder if relative. Empty: standard output.',
    }),
    format: Type.String({
      default: ACCESS_LOG_FORMAT,
      minLength: 1,
      description: "A line, with Milvus' variables (docs/logs.md), of methods that no other format names.",
    }),
    formats: Type.Record(
      Type.String(),
      Type.Object({ format: Type.String({ minLength: 1 }), methods: Type.Array(Type.String(), { minItems: 1 }) }),
      { default: {}, description: 'Name to format and methods, such as [Search, entities/search].' },
    ),
    filterValues: Type.Boolean({
      default: false,
      description: 'Whether $method_expr shows the numbers and texts of filters; else they are question marks.',
    }),
  }),
  serviceName: Type.String({ default: 'braid', minLength: 1, description: 'Name of the service in traces.' }),
  traceSampleRatio: Type.Number({
    default: 1,
    minimum: 0,
    maximum: 1,
    description: "Share of the traces begun here that are recorded. A caller's decision is followed.",
  }),
  traceErrors: Type.Boolean({
    default: false,
    description:
      'On routers: whether traces that sampling left out are sent all the same, whole, when their call fails. All spans are recorded in memory then, here and on the nodes.',
  }),
  traceSlowMs: durationMs({ default: 0, description: 'The same for calls that take longer. 0: not at all.' }),
  traceUrl: Type.Optional(
    Type.String({
      pattern: '^https?://.+',
      readBy: ['router'],
      description:
        'Where people look at traces, such as http://jaeger:16686: the console links there. {traceId} in it stands for the trace, else /trace/ and its id are appended.',
    }),
  ),
});

type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

export const configSchema = Type.Object({
  dataFolder: Type.String({
    default: './data',
    minLength: 1,
    description: 'Folder of this process. A relative path begins at the folder of the configuration file.',
  }),
  roles: Type.Array(Type.Union([Type.Literal('router'), Type.Literal('writer'), Type.Literal('reader')]), {
    default: ['router', 'writer', 'reader'],
    minItems: 1,
    uniqueItems: true,
    description: 'What this process is. All three together need no other node.',
  }),
  drainMs: durationMs({
    default: 500,
    description:
      'Time that a process that was told to stop still takes new calls, while its health says no: for load balancers to notice.',
  }),
  shutdownMs: durationMs({
    default: 30_000,
    description: 'Time that calls under way are given when the process is told to stop.',
  }),
  pluginOpenMs: durationMs({
    default: 120_000,
    minimum: 100,
    description: 'Time that loading and opening one plugin may take; then the start fails.',
  }),
  node,
  router,
  management,
  security,
  writer,
  reader,
  telemetry,
  discovery: plugin('static', 'How nodes find each other; the README shows one example for each plugin.'),
  routing: plugin('consistent-hash', 'Which reader answers for which segment.', ['router', 'reader']),
  metadata: plugin('sqlite', 'Where the catalog is kept; a cluster needs one that all nodes reach.'),
  storage: plugin('local', 'Where sealed segments are kept; a cluster needs one that all nodes reach.', [
    'writer',
    'reader',
  ]),
  log: plugin('file', "The writer's write-ahead log.", ['writer']),
  cache: plugin('memory', 'A cache that routers may share.', ['router', 'writer']),
  tracing: plugin('none', 'Where spans go. `otlp` by default when OTEL_EXPORTER_OTLP_ENDPOINT is set.'),
});

export type Settings = Static<typeof configSchema>;

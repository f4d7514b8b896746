import { BraidError, type ErrorName } from '../../../core/errors.ts';

/** What the client's errors carry, anywhere in their causes: the broker's name of an error, the client's own code, or that of the operating system. */
interface ClientError {
  readonly message: string;
  readonly code?: string;
  readonly apiId?: string;
  readonly errors?: readonly ClientError[];
  readonly cause?: ClientError;
}

export interface ErrorContext {
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly username: string | undefined;
  readonly hasTls: boolean;
}

interface Explanation {
  readonly kind: ErrorName;
  readonly message: string;
}

/** Turns an error of the client into one of one line that says what to do. */
export function explainKafkaError(thrown: unknown, context: ErrorContext): BraidError {
  if (thrown instanceof BraidError) return thrown;
  const chain = flatten(thrown as ClientError);
  const { kind, message } =
    explainAnswer(chain, context) ?? explainConnection(chain, context) ?? explainAnythingElse(chain, context);
  return new BraidError(kind, message, { cause: thrown });
}

function flatten(error: ClientError, depth = 0): ClientError[] {
  if (depth > 8) return [];
  const inner = [...(error.errors ?? []), ...(error.cause === undefined ? [] : [error.cause])];
  return [error, ...inner.flatMap((each) => flatten(each, depth + 1))];
}

/** The brokers answered, and refused. */
function explainAnswer(chain: readonly ClientError[], context: ErrorContext): Explanation | undefined {
  const { topic, username } = context;
  const user = username === undefined ? 'anonymous clients' : `user "${username}"`;
  const answers: Readonly<Record<string, Explanation>> = {
    TOPIC_AUTHORIZATION_FAILED: {
      kind: 'privilegeNotPermitted',
      message: `${user} may not use topic "${topic}": grant Describe, DescribeConfigs, Read, Write and Delete on it (and Create, if Braid shall make it)`,
    },
    CLUSTER_AUTHORIZATION_FAILED: {
      kind: 'privilegeNotPermitted',
      message: `${user} may not do this on the Kafka cluster: grant Create, or make topic "${topic}" yourself`,
    },
    MESSAGE_TOO_LARGE: tooLarge(topic),
    RECORD_LIST_TOO_LARGE: tooLarge(topic),
    NOT_ENOUGH_REPLICAS: tooFewReplicas(topic),
    NOT_ENOUGH_REPLICAS_AFTER_APPEND: tooFewReplicas(topic),
    INVALID_REPLICATION_FACTOR: {
      kind: 'parameterInvalid',
      message: `topic "${topic}" cannot be made: there are fewer brokers than log.with.replicationFactor asks for copies; start more, or lower it`,
    },
    UNSUPPORTED_SASL_MECHANISM: {
      kind: 'parameterInvalid',
      message: 'the brokers do not take log.with.saslMechanism: set one that their listener has enabled',
    },
    SASL_AUTHENTICATION_FAILED: {
      kind: 'notAuthenticated',
      message: `the brokers refuse the password of ${user}: check log.with.username and password`,
    },
    UNKNOWN_TOPIC_OR_PARTITION: missing(topic),
    UNKNOWN_TOPIC_ID: missing(topic),
  };
  const found = chain.find(({ apiId }) => apiId !== undefined && Object.hasOwn(answers, apiId));
  if (found?.apiId !== undefined) return answers[found.apiId];
  if (chain.some(({ code, message }) => code === 'PLT_KFK_USER' && message.startsWith('Unknown topic')))
    return missing(topic);
  return undefined;
}

const missing = (topic: string): Explanation => ({
  kind: 'serviceUnavailable',
  message: `there is no topic "${topic}" any more: restore it`,
});

const tooLarge = (topic: string): Explanation => ({
  kind: 'resourceInsufficient',
  message: `topic "${topic}" refuses a message for its size: raise its max.message.bytes, or lower log.with.messageBytes and restart`,
});

const tooFewReplicas = (topic: string): Explanation => ({
  kind: 'serviceUnavailable',
  message: `topic "${topic}" has fewer replicas in sync than its min.insync.replicas: bring brokers back`,
});

/** No broker was reached, or not in a language that it speaks. */
function explainConnection(chain: readonly ClientError[], context: ErrorContext): Explanation | undefined {
  const { brokers, hasTls } = context;
  const where = `Kafka at ${brokers.join(', ')}`;
  const says = (pattern: RegExp): boolean =>
    chain.some(({ code, message }) => pattern.test(`${code ?? ''} ${message}`));
  const invalid = (message: string): Explanation => ({ kind: 'parameterInvalid', message: `${where} ${message}` });
  if (says(/requires TLS/)) return invalid('speaks TLS: set log.with.tls');
  if (hasTls && says(/wrong version number|packet length too long|EPROTO|before secure TLS/))
    return invalid('does not speak TLS on that port: name the TLS port, or leave out log.with.tls');
  if (says(/SELF_SIGNED|UNABLE_TO_|CERT_|ERR_TLS_CERT_ALTNAME|unable to verify/))
    return invalid(
      `has a certificate that is not trusted (${deepest(chain)}): log.with.tls.caFile names its authority`,
    );
  if (says(/CERTIFICATE_REQUIRED|certificate required/))
    return invalid('wants our certificate: set log.with.tls.certFile and keyFile');
  if (!says(/ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ECONNRESET|timed out|Connection closed/))
    return undefined;
  const isClosed = says(/Connection closed|ECONNRESET/) && !hasTls && context.username === undefined;
  const hint = isClosed ? ' (a listener for TLS or SASL needs log.with.tls or log.with.username)' : '';
  return { kind: 'serviceUnavailable', message: `${where} does not answer: ${deepest(chain)}${hint}` };
}

function explainAnythingElse(chain: readonly ClientError[], { brokers }: ErrorContext): Explanation {
  return { kind: 'serviceUnavailable', message: `Kafka at ${brokers.join(', ')}: ${deepest(chain)}` };
}

/** The last of a chain of causes says most; the names of a broker's errors go with it. */
function deepest(chain: readonly ClientError[]): string {
  const { message, apiId } = chain.findLast((error) => error.message !== '') ?? chain[0]!;
  return apiId === undefined ? message : `${apiId}, ${message}`;
}

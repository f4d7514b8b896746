import Type, { type Static } from 'typebox';
import { durationMs, secretText, sizeBytes } from '../../../config/setting-types.ts';
import { tlsOptions } from '../../tls-files.ts';
import { LOG_LIMITS } from '../limits.ts';

export const kafkaOptions = Type.Object({
  brokers: Type.Array(Type.String({ pattern: '^[^/\\s]+:\\d{1,5}$' }), {
    minItems: 1,
    description: 'host:port of some brokers; they name the others.',
  }),
  topic: Type.String({
    default: 'braid-log',
    pattern: '^[A-Za-z0-9._-]{1,249}$',
    description: 'Topic of one partition, for this Braid cluster alone.',
  }),
  createTopic: Type.Boolean({
    default: true,
    description: 'Whether a topic that is missing is made, with the settings that a log needs.',
  }),
  replicationFactor: Type.Integer({
    default: 3,
    minimum: 1,
    maximum: 15,
    description: 'Copies of a topic that is made here. With 3, two must have a record before it is acknowledged.',
  }),
  messageBytes: sizeBytes({
    default: LOG_LIMITS.kafka.messageBytes,
    minimum: 16 * 1024,
    maximum: 64 * 1024 * 1024,
    description: "Largest message to a broker; the topic's max.message.bytes must allow it. Longer records are cut.",
  }),
  tls: Type.Optional(tlsOptions),
  username: Type.Optional(
    Type.String({ minLength: 1, description: 'For SASL, where the brokers want it; by default there is none.' }),
  ),
  password: Type.Optional(secretText({ description: 'Of the user.' })),
  saslMechanism: Type.Union([Type.Literal('PLAIN'), Type.Literal('SCRAM-SHA-256'), Type.Literal('SCRAM-SHA-512')], {
    default: 'SCRAM-SHA-512',
    description: 'How the user is authenticated. PLAIN sends the password as it is: only with TLS.',
  }),
  requestTimeoutMs: durationMs({
    default: LOG_LIMITS.kafka.requestTimeoutMs,
    minimum: 100,
    maximum: 60_000,
    description: 'A request to a broker that takes longer is given up and tried again.',
  }),
});

export type KafkaOptions = Static<typeof kafkaOptions>;

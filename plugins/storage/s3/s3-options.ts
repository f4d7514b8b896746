import Type, { type Static } from 'typebox';
import { durationMs, secretText } from '../../../config/setting-types.ts';

export const s3Options = Type.Object({
  bucket: Type.String({ minLength: 3, maxLength: 63, description: 'Must exist.' }),
  prefix: Type.String({
    default: '',
    maxLength: 400,
    pattern: '^(?:[^/]+/)*$',
    description: 'Keys below it belong to this cluster and to nothing else; ends with /.',
  }),
  endpoint: Type.Optional(
    Type.String({
      pattern: '^https?://[^/\\s]+/?$',
      description: 'URL of a store that speaks S3 (MinIO, Ceph, ...); default: AWS.',
    }),
  ),
  region: Type.String({ default: 'us-east-1', minLength: 1, description: 'Of the bucket; many stores take any.' }),
  forcePathStyle: Type.Boolean({
    default: false,
    description:
      'Whether the bucket is a step of the path instead of a part of the host name: most stores other than AWS need it.',
  }),
  accessKeyId: Type.Optional(
    Type.String({
      minLength: 1,
      description: "Default: the chain of the AWS SDK: environment, shared files, web identity, the machine's role.",
    }),
  ),
  secretAccessKey: Type.Optional(secretText({ description: 'Goes with accessKeyId.' })),
  sessionToken: Type.Optional(secretText({ description: 'Goes with temporary keys.' })),
  caFile: Type.Optional(
    Type.String({
      description: 'PEM file of the authority to trust, below the data folder; default: those that Node trusts.',
    }),
  ),
  requestTimeoutMs: durationMs({
    default: 30_000,
    minimum: 100,
    description: 'One request, or the wait for the next bytes of an object, before it is tried again.',
  }),
  requestsAtOnceMax: Type.Integer({
    default: 32,
    minimum: 1,
    maximum: 1_000,
    description: 'Requests of one process under way; further ones wait.',
  }),
});

export type S3Options = Static<typeof s3Options>;

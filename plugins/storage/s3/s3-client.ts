import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { S3 } from '@aws-sdk/client-s3';
import { BraidError } from '../../../core/errors.ts';
import { S3_LIMITS } from '../limits.ts';
import type { S3Options } from './s3-options.ts';

/** A client that never tries again by itself (`S3Calls` does) and sends nothing that stores other than AWS do not know. Connects with the first call. */
export async function createS3Client(options: S3Options, dataFolder: string): Promise<S3> {
  const { endpoint, region, forcePathStyle, accessKeyId, secretAccessKey, sessionToken } = options;
  if ((accessKeyId === undefined) !== (secretAccessKey === undefined)) {
    throw new BraidError('parameterInvalid', 'accessKeyId and secretAccessKey are set together or not at all');
  }
  const ca = options.caFile === undefined ? undefined : await readAuthority(resolve(dataFolder, options.caFile));
  const { S3 } = await import('@aws-sdk/client-s3');
  const agent = { keepAlive: true, maxSockets: options.requestsAtOnceMax };
  const client = new S3({
    region,
    forcePathStyle,
    ...(endpoint !== undefined && { endpoint }),
    ...(accessKeyId !== undefined && {
      credentials: {
        accessKeyId,
        secretAccessKey: secretAccessKey!,
        ...(sessionToken !== undefined && { sessionToken }),
      },
    }),
    maxAttempts: 1,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: S3_LIMITS.connectTimeoutMs,
      httpAgent: agent,
      httpsAgent: { ...agent, ...(ca !== undefined && { ca }) },
    },
  });
  leavePayloadsUnsigned(client);
  return client;
}

/** The signature would need the SHA-256 of a whole part, in one go on the event loop. Parts carry their MD5, which is made piece by piece and which the store checks. */
function leavePayloadsUnsigned(client: S3): void {
  client.middlewareStack.add(
    (next) => (args) => {
      const request = args.request as { method: string; headers: Record<string, string> };
      if (request.method === 'PUT') request.headers['x-amz-content-sha256'] = 'UNSIGNED-PAYLOAD';
      return next(args);
    },
    { step: 'build', name: 'leavePayloadsUnsigned' },
  );
}

async function readAuthority(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new BraidError('parameterInvalid', `file ${path} of storage.with.caFile cannot be read`, { cause });
  }
}

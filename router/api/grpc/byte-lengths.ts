import type { ServiceDefinition } from '@grpc/grpc-js';

/** How long a request was on the wire: on the message itself, because nothing else leads from grpc-js' decoding to the call. */
const LENGTH = Symbol('bytes on the wire');

/** Bytes of a message that `withRequestLengths` has decoded; 0 for others. */
export function lengthOnWire(request: unknown): number {
  return (request as { readonly [LENGTH]?: number })[LENGTH] ?? 0;
}

/** The same service, whose requests know how long they were. */
export function withRequestLengths(definition: ServiceDefinition): ServiceDefinition {
  const methods = Object.entries(definition).map(([rpc, method]) => {
    const requestDeserialize = (bytes: Buffer): unknown => {
      const message = method.requestDeserialize(bytes) as { [LENGTH]?: number };
      message[LENGTH] = bytes.length;
      return message;
    };
    return [rpc, { ...method, requestDeserialize }];
  });
  return Object.fromEntries(methods) as ServiceDefinition;
}

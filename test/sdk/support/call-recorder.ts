import type { ResStatus } from '@zilliz/milvus2-sdk-node';

/** A call and the code of its answer: `Insert:0`, `CalcDistance:3000`, `POST aliases/list:0`. */
export type RecordedCall = `${string}:${number}`;

/** What a gRPC call gives its caller. */
type Callback = (error: unknown, answer?: unknown) => void;

interface CallProperties {
  readonly methodDefinition: { readonly path: string };
  callback?: Callback;
}

/**
 * Notes which calls a client makes and how they are answered: what docs/compatibility.md says of a call was seen on the wire.
 * Calls that fail on the wire (no answer, or a status of gRPC) are not noted.
 */
export class CallRecorder {
  readonly #calls = new Set<RecordedCall>();

  /** Option of a gRPC client. */
  readonly callInvocationTransformer = (properties: CallProperties): CallProperties => {
    const { callback, methodDefinition } = properties;
    if (!callback) return properties;
    properties.callback = (error, answer) => {
      if (!error) this.note(methodDefinition.path.split('/').at(-1)!, codeOf(answer));
      callback(error, answer);
    };
    return properties;
  };

  note(call: string, code: number): void {
    this.#calls.add(`${call}:${code}`);
  }

  /** The calls since the last time. */
  take(): RecordedCall[] {
    const calls = [...this.#calls].sort();
    this.#calls.clear();
    return calls;
  }
}

/** Of a bare status or of an answer that carries one. */
function codeOf(answer: unknown): number {
  const { status } = answer as { status?: ResStatus };
  const { code = 0, error_code = 'Success' } = status ?? (answer as Partial<ResStatus>);
  if (code !== 0) return code;
  return error_code === 'Success' ? 0 : 1;
}

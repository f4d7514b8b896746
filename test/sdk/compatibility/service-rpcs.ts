import { MilvusServiceService } from '../../../proto/generated/milvus/service.ts';

/** Names of all RPCs of MilvusService as they are on the wire. */
export function serviceRpcs(): string[] {
  return Object.values(MilvusServiceService).map(({ path }) => path.split('/').at(-1)!);
}

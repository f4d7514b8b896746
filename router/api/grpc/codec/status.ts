import type { BraidError } from '../../../../core/errors.ts';
import { type ErrorCode, Status } from '../../../../proto/generated/milvus/common.ts';

/** The status of every answer that is not an error. */
export const SUCCESS: Status = Status.create();

/** Both codes are filled in: the Node SDK reads the old one only, pymilvus fails on either. */
export function encodeStatus(error: BraidError): Status {
  return {
    errorCode: error.legacyCode as ErrorCode,
    reason: error.message,
    code: error.code,
    retriable: error.retriable,
    detail: '',
    extraInfo: error.isInput ? new Map([['is_input_error', 'true']]) : new Map(),
  };
}

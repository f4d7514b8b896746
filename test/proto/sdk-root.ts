import { createRequire } from 'node:module';
import protobuf from 'protobufjs';

const require = createRequire(import.meta.url);

/** The Milvus API as the Node SDK speaks it: the descriptor inside the npm package, in protobufjs. */
export function sdkRoot(): protobuf.Root {
  const descriptor = require('@zilliz/milvus2-sdk-node/dist/milvus/proto-json/milvus.js');
  const root = protobuf.Root.fromJSON(descriptor.default);
  root.resolveAll();
  return root;
}

import { ServerInterceptingCall, type ServerInterceptor } from '@grpc/grpc-js';

type Listener = Parameters<ServerInterceptingCall['start']>[0];

/**
 * Starts a unary call as soon as its one message is there. grpc-js waits until the client has closed its side as well, which servers in Go do not; and the Node SDK
 * never closes it when it repeats a call that failed (milvus2-sdk-node 3.0.6, utils/Grpc.ts): its retries would hang until their deadline.
 */
export const earlyAnswer: ServerInterceptor = (method, call) =>
  method.requestStream || method.responseStream ? new ServerInterceptingCall(call) : new EarlyCall(call);

class EarlyCall extends ServerInterceptingCall {
  override start(listener: Listener): void {
    let isStarted = false;
    const startOnce = (): void => {
      if (isStarted) return;
      isStarted = true;
      listener.onReceiveHalfClose();
    };
    super.start({
      onReceiveMetadata: (metadata) => listener.onReceiveMetadata(metadata),
      onReceiveMessage: (message) => {
        listener.onReceiveMessage(message);
        startOnce();
      },
      onReceiveHalfClose: startOnce,
      onCancel: () => listener.onCancel(),
    });
  }
}

import Type, { type Static } from 'typebox';

const SERVICE_NAME = 'kubernetes.io/service-name';

export const kubernetesOptions = Type.Object({
  namespace: Type.Optional(
    Type.String({
      minLength: 1,
      description: "Namespace of the Services. Default: the service account's or the context's.",
    }),
  ),
  readers: Type.String({
    default: `${SERVICE_NAME}=braid-reader`,
    minLength: 1,
    description:
      'Label selector of the EndpointSlices whose endpoints are readers. A Service hands its labels down to its slices.',
  }),
  writers: Type.String({
    default: `${SERVICE_NAME}=braid-writer`,
    minLength: 1,
    description: 'Label selector of the EndpointSlices whose endpoints are the writer and those that stand by.',
  }),
  portName: Type.String({
    default: 'node',
    minLength: 1,
    description: "Name of the Service's port of the node protocol. The only port of a Service needs no name.",
  }),
  kubeconfig: Type.Optional(
    Type.String({
      minLength: 1,
      description:
        'Path of a kubeconfig file, for a process outside of the cluster. Default: the service account of the pod, else what kubectl would use.',
    }),
  ),
  context: Type.Optional(
    Type.String({ minLength: 1, description: 'Context of the kubeconfig. Default: its current one.' }),
  ),
});

export type KubernetesOptions = Static<typeof kubernetesOptions>;

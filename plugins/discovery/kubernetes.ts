import { resolve } from 'node:path';
import { definePlugin } from '../plugin.ts';
import { loadKubeConfig, namespaceOf } from './kubernetes/kube-config.ts';
import { KubernetesDiscovery } from './kubernetes/kubernetes-discovery.ts';
import { kubernetesOptions } from './kubernetes/kubernetes-options.ts';

/**
 * The endpoints of Services (docs/kubernetes.md), from EndpointSlices (discovery.k8s.io/v1, Kubernetes 1.21 or later). Nothing is announced: a pod is listed when its readiness probe
 * succeeds. A node knows itself in the list by `node.id` = name of the pod, or `node.advertise` = IP of the pod and port.
 */
export default definePlugin({
  api: 1,
  kind: 'discovery',
  name: 'kubernetes',
  options: kubernetesOptions,
  async open({ readers, writers, portName, context, ...options }, { logger, configFolder }) {
    const library = await import('@kubernetes/client-node');
    const kubeconfig = options.kubeconfig && resolve(configFolder, options.kubeconfig);
    const loadConfig = () =>
      loadKubeConfig(new library.KubeConfig(), { ...(kubeconfig && { kubeconfig }), ...(context && { context }) });
    const discovery = new KubernetesDiscovery({
      library,
      loadConfig,
      namespace: options.namespace ?? namespaceOf(loadConfig()),
      portName,
      selectors: { reader: readers, writer: writers },
      logger,
    });
    try {
      await discovery.start();
    } catch (error) {
      await discovery[Symbol.asyncDispose]();
      throw error;
    }
    return discovery;
  },
});

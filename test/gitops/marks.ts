/** What GitOps tools and kubectl write on objects to know them again, and to prune what is no more in the repository. */
export const marks = {
  labels: {
    'app.kubernetes.io/instance': 'platform',
    'app.kubernetes.io/managed-by': 'Helm',
    'helm.toolkit.fluxcd.io/name': 'chat',
    'helm.toolkit.fluxcd.io/namespace': 'flux-system',
    'kustomize.toolkit.fluxcd.io/name': 'chat',
    'kustomize.toolkit.fluxcd.io/namespace': 'flux-system',
    'applyset.kubernetes.io/part-of': 'applyset-0eFHV8ySqp7XoShsGvyWFQD3s96yqwHmzc4e0HR1dsY-v1',
  },
  annotations: {
    'argocd.argoproj.io/tracking-id': 'platform:wssroute.dev/WssRoute:chat/chat',
    'argocd.argoproj.io/sync-wave': '3',
    'argocd.argoproj.io/hook': 'Sync',
    'argocd.argoproj.io/sync-options': 'Prune=false',
    'kustomize.toolkit.fluxcd.io/prune': 'disabled',
    'kustomize.toolkit.fluxcd.io/reconcile': 'disabled',
    'reconcile.fluxcd.io/requestedAt': '2026-01-01T00:00:00Z',
    'meta.helm.sh/release-name': 'chat',
    'meta.helm.sh/release-namespace': 'chat',
    'helm.sh/resource-policy': 'keep',
    'kubectl.kubernetes.io/last-applied-configuration': '{}',
    'config.kubernetes.io/origin': 'path: route.yaml',
    'cert-manager.io/cluster-issuer': 'letsencrypt',
    'wssroute.dev/reconcile-requested-at': '2026-01-01T00:00:00Z',
  },
} as const;

{{/* The rights of the operator, in one place for ClusterRole and Roles: what src/kube, src/controller do, and nothing else. */}}

{{/* Within one namespace, or within all of them. */}}
{{- define "wss-operator.rules" -}}
- apiGroups: [wssroute.dev]
  resources: [wssroutes]
  verbs: [list, watch]
- apiGroups: [wssroute.dev]
  resources: [wssroutes/status]
  verbs: [patch]
{{- if .Values.rbac.ownerReferencesPermissionEnforcement }}
- apiGroups: [wssroute.dev]
  resources: [wssroutes/finalizers]
  verbs: [update]
{{- end }}
- apiGroups: [networking.k8s.io]
  resources: [ingresses]
  verbs: [list, watch, create, patch, delete]
- apiGroups: [cert-manager.io]
  resources: [certificates]
  verbs: [list, watch, create, patch, delete]
- apiGroups: [cert-manager.io]
  resources: [certificaterequests]
  verbs: [list, watch]
- apiGroups: [acme.cert-manager.io]
  resources: [orders, challenges]
  verbs: [list, watch]
- apiGroups: [""]
  resources: [configmaps]
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: [""]
  resources: [services]
  verbs: [list, watch]
- apiGroups: [events.k8s.io]
  resources: [events]
  verbs: [create, patch]
{{- end }}

{{- define "wss-operator.subjects" -}}
- kind: ServiceAccount
  name: {{ include "wss-operator.serviceAccountName" . | toYaml }}
  namespace: {{ include "wss-operator.namespace" . | toYaml }}
{{- end }}

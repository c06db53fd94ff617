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
{{- if include "wss-operator.servesGateways" . }}
- apiGroups: [gateway.networking.k8s.io]
  resources: [httproutes, listenersets, backendtlspolicies]
  verbs: [list, watch, create, patch, delete]
- apiGroups: [gateway.envoyproxy.io]
  resources: [backendtrafficpolicies]
  verbs: [list, watch, create, patch, delete]
- apiGroups: [gateway.nginx.org]
  resources: [proxysettingspolicies]
  verbs: [list, watch, create, patch, delete]
{{- end }}
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

{{/* Not empty when routes may be attached to Gateways: as the operator decides it where the configuration says nothing. */}}
{{- define "wss-operator.servesGateways" -}}
{{- $enabled := get (default dict .Values.config.gatewayAPI) "enabled" -}}
{{- if or (eq (toString $enabled) "true") (and (not (kindIs "bool" $enabled)) (not .Values.watchNamespaces) (not .Values.config.ingressClasses)) }}true{{ end -}}
{{- end }}

{{/* Gateways are often in a namespace of their own, whoever is served, and so are the Secrets that they use. */}}
{{- define "wss-operator.gatewayRules" -}}
- apiGroups: [gateway.networking.k8s.io]
  resources: [gateways, gatewayclasses, referencegrants]
  verbs: [list, watch]
{{- end }}

{{- define "wss-operator.subjects" -}}
- kind: ServiceAccount
  name: {{ include "wss-operator.serviceAccountName" . | toYaml }}
  namespace: {{ include "wss-operator.namespace" . | toYaml }}
{{- end }}

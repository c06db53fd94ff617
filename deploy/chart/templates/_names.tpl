{{/* Names, labels and addresses that several templates need. Each "define" returns text or YAML. */}}

{{- define "wss-operator.name" -}}
{{ default .Chart.Name .Values.nameOverride | trunc 52 | trimSuffix "-" }}
{{- end }}

{{/* At most 52 characters and no dots, so that with a suffix it is still the name of a Service. */}}
{{- define "wss-operator.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- $full := printf "%s-%s" .Release.Name $name -}}
{{- if contains $name .Release.Name }}{{ $full = .Release.Name }}{{ end -}}
{{ default $full .Values.fullnameOverride | replace "." "-" | trunc 52 | trimSuffix "-" }}
{{- end }}

{{- define "wss-operator.namespace" -}}
{{ default .Release.Namespace .Values.namespaceOverride }}
{{- end }}

{{- define "wss-operator.leaseNamespace" -}}
{{ default (include "wss-operator.namespace" .) .Values.config.leaderElection.namespace }}
{{- end }}

{{- define "wss-operator.serviceAccountName" -}}
{{ default (include "wss-operator.fullname" .) .Values.serviceAccount.name }}
{{- end }}

{{/* What the Deployment selects its Pods by; it can never change, so nothing of the user's goes in. */}}
{{- define "wss-operator.selectorLabels" -}}
app.kubernetes.io/name: {{ include "wss-operator.name" . | toYaml }}
app.kubernetes.io/instance: {{ toYaml .Release.Name }}
{{- end }}

{{/* Labels of every object. The chart's own win over commonLabels. */}}
{{- define "wss-operator.labels" -}}
{{- $own := dict
  "helm.sh/chart" (printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-")
  "app.kubernetes.io/version" (.Chart.AppVersion | replace "+" "_")
  "app.kubernetes.io/managed-by" .Release.Service
  "app.kubernetes.io/part-of" "wss-operator"
-}}
{{ merge (include "wss-operator.selectorLabels" . | fromYaml) $own (default dict .Values.commonLabels) | toYaml }}
{{- end }}

{{- define "wss-operator.image" -}}
{{- $image := .Values.image -}}
{{- $name := $image.repository -}}
{{- with $image.registry }}{{ $name = printf "%s/%s" . $name }}{{ end -}}
{{- $name }}:{{ default .Chart.AppVersion $image.tag }}
{{- with $image.digest }}@{{ . }}{{ end -}}
{{- end }}

{{/* Port of an address such as ":8080"; empty when the address is "0", which turns the server off. */}}
{{- define "wss-operator.metricsPort" -}}
{{ if ne .Values.config.metrics.address "0" }}{{ regexFind "[0-9]+$" .Values.config.metrics.address }}{{ end }}
{{- end }}

{{- define "wss-operator.healthPort" -}}
{{ if ne .Values.config.health.address "0" }}{{ regexFind "[0-9]+$" .Values.config.health.address }}{{ end }}
{{- end }}

{{/* The file that the operator reads. It names the namespace of the Lease, because the Role for it is made there. */}}
{{- define "wss-operator.configuration" -}}
{{- $configuration := deepCopy .Values.config -}}
{{- $_ := set $configuration.leaderElection "namespace" (include "wss-operator.leaseNamespace" .) -}}
{{- $_ := set $configuration "namespaces" (default list .Values.watchNamespaces) -}}
{{- $_ := set $configuration "apiVersion" "config.wssroute.dev/v1alpha1" -}}
{{- $_ := set $configuration "kind" "OperatorConfiguration" -}}
{{ toYaml $configuration }}
{{- end }}

{{/* Entries of a monitor, the same for ServiceMonitor and PodMonitor. */}}
{{- define "wss-operator.endpoint" -}}
path: /metrics
interval: {{ .interval }}
scrapeTimeout: {{ .scrapeTimeout }}
{{- with .honorLabels }}
honorLabels: {{ . }}
{{- end }}
{{- with .relabelings }}
relabelings:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .metricRelabelings }}
metricRelabelings:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* What differs between the policies for the kinds that are written. What others wrote and the operator leaves as it is, passes. */}}

{{- define "wss-operator.ingressesVariables" -}}
- name: forms
  expression: |-
    {{- include "wss-operator.annotationForms" . | nindent 4 }}
- name: before
  expression: >-
    oldObject != null && has(oldObject.metadata.annotations) ? oldObject.metadata.annotations : {}
- name: refused
  expression: >-
    request.operation == 'DELETE' || !has(object.metadata.annotations) ? [] : object.metadata.annotations.filter(name,
    !(name in variables.before && variables.before[name] == object.metadata.annotations[name]) &&
    !(name in variables.forms && object.metadata.annotations[name].matches(variables.forms[name])))
- name: isMinion
  expression: >-
    request.operation != 'DELETE' && has(object.metadata.annotations) &&
    'nginx.org/mergeable-ingress-type' in object.metadata.annotations &&
    object.metadata.annotations['nginx.org/mergeable-ingress-type'] == 'minion'
- name: paths
  expression: >-
    request.operation == 'DELETE' || !has(object.spec.rules) ? [] :
    object.spec.rules.filter(rule, has(rule.http)).map(rule, rule.http.paths)
{{- end }}

{{- define "wss-operator.ingressesValidations" -}}
- expression: variables.refused.size() == 0
  messageExpression: >-
    'must not write the annotations ' + variables.refused.join(', ') + ', or not with such values'
  reason: Forbidden
- expression: >-
    request.operation == 'DELETE' || (has(object.spec.ingressClassName) && !has(object.spec.defaultBackend) &&
    (has(object.spec.tls) || variables.isMinion))
  message: must have ingressClassName and tls (a minion of F5 NGINX has none), and no defaultBackend
  reason: Forbidden
- expression: >-
    variables.paths.all(paths, paths.all(path, has(path.path) && has(path.backend.service) &&
    (path.path.matches(r'^/\.well-known/acme-challenge/[A-Za-z0-9_-]+$') ||
    (path.path.matches('^/[A-Za-z0-9._/-]*$') && path.pathType in ['Exact', 'Prefix']))))
  message: must lead from plain paths (Exact or Prefix) to Services, and nothing else
  reason: Forbidden
{{- end }}

{{/* One variable, because a policy's list of them may not be empty here. */}}
{{- define "wss-operator.certificatesVariables" -}}
- name: usages
  expression: >-
    ['digital signature', 'key encipherment', 'server auth']
{{- end }}

{{- define "wss-operator.certificatesValidations" -}}
- expression: >-
    request.operation == 'DELETE' || (has(object.spec.usages) && object.spec.usages.all(usage, usage in variables.usages))
  message: must be for servers only
  reason: Forbidden
{{- range list "additionalOutputFormats" "commonName" "emailAddresses" "isCA" "keystores" "literalSubject" "nameConstraints" "otherNames" "secretTemplate" "subject" "uris" }}
- expression: >-
    request.operation == 'DELETE' || !has(object.spec.{{ . }}) ||
    (oldObject != null && has(oldObject.spec.{{ . }}) && oldObject.spec.{{ . }} == object.spec.{{ . }})
  message: must not set spec.{{ . }}
  reason: Forbidden
{{- end }}
{{- end }}

{{/* Keys that are not in it already as they are. */}}
{{- define "wss-operator.configmapsVariables" -}}
- name: written
  expression: >-
    request.operation == 'DELETE' || !has(object.data) ? [] : object.data.filter(key,
    !(oldObject != null && has(oldObject.data) && key in oldObject.data && oldObject.data[key] == object.data[key]))
{{- end }}

{{- define "wss-operator.configmapsValidations" -}}
- expression: variables.old.metadata.name.endsWith('-wss-ca')
  message: must be the ConfigMap of a route's authority, <route>-wss-ca
  reason: Forbidden
- expression: >-
    variables.written.all(key, key == 'ca.crt' &&
    object.data[key].matches(r'^(-----BEGIN CERTIFICATE-----\n([A-Za-z0-9+/=]+\n)+-----END CERTIFICATE-----\n)+$'))
  message: must write certificates to ca.crt, and nothing else
  reason: Forbidden
- expression: >-
    request.operation == 'DELETE' || !has(object.binaryData) ||
    (oldObject != null && has(oldObject.binaryData) && oldObject.binaryData == object.binaryData)
  message: must not write binaryData
  reason: Forbidden
{{- end }}

{{- define "wss-operator.httproutesVariables" -}}
- name: rules
  expression: >-
    request.operation == 'DELETE' || !has(object.spec.rules) ? [] : object.spec.rules
- name: filters
  expression: >-
    ['RequestRedirect', 'ResponseHeaderModifier']
{{- end }}

{{- define "wss-operator.httproutesValidations" -}}
- expression: >-
    variables.rules.all(rule, !has(rule.backendRefs) || rule.backendRefs.all(ref,
    !has(ref.namespace) && !has(ref.filters) && (!has(ref.kind) || ref.kind == 'Service')))
  message: must lead to Services of its namespace, and nothing else
  reason: Forbidden
- expression: >-
    variables.rules.all(rule, !has(rule.filters) || rule.filters.all(filter, filter.type in variables.filters))
  message: must have no filters but redirects and response headers
  reason: Forbidden
{{- end }}

{{- define "wss-operator.listenersetsVariables" -}}
- name: listeners
  expression: >-
    request.operation == 'DELETE' ? [] : object.spec.listeners
{{- end }}

{{- define "wss-operator.listenersetsValidations" -}}
- expression: >-
    variables.listeners.all(listener, listener.protocol in ['HTTP', 'HTTPS'] && (!has(listener.tls) ||
    !has(listener.tls.certificateRefs) || listener.tls.certificateRefs.all(ref, !has(ref.namespace))))
  message: must have HTTP and HTTPS listeners only, with certificates of its namespace
  reason: Forbidden
{{- end }}

{{- define "wss-operator.backendtlspoliciesVariables" -}}
{{ include "wss-operator.targetsVariables" . }}
{{- end }}

{{- define "wss-operator.backendtlspoliciesValidations" -}}
{{ include "wss-operator.targetsValidations" "Service" }}
{{- end }}

{{- define "wss-operator.backendtrafficpoliciesVariables" -}}
{{ include "wss-operator.targetsVariables" . }}
{{- end }}

{{- define "wss-operator.backendtrafficpoliciesValidations" -}}
{{ include "wss-operator.targetsValidations" "HTTPRoute" }}
{{- end }}

{{- define "wss-operator.proxysettingspoliciesVariables" -}}
{{ include "wss-operator.targetsVariables" . }}
{{- end }}

{{- define "wss-operator.proxysettingspoliciesValidations" -}}
{{ include "wss-operator.targetsValidations" "HTTPRoute" }}
{{- end }}

{{- define "wss-operator.targetsVariables" -}}
- name: targets
  expression: >-
    request.operation == 'DELETE' || !has(object.spec.targetRefs) ? [] : object.spec.targetRefs
{{- end }}

{{- define "wss-operator.targetsValidations" -}}
- expression: >-
    variables.targets.all(target, target.kind == {{ squote . }})
  message: must be for a {{ . }}, and nothing else
  reason: Forbidden
{{- end }}

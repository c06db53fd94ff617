{{/* What differs between the policies for Ingresses and for Certificates. What others wrote and the operator leaves as it is, passes. */}}

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
    request.operation == 'DELETE' || (has(object.spec.ingressClassName) && !has(object.spec.defaultBackend) && has(object.spec.tls))
  message: must have ingressClassName and tls, and no defaultBackend
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

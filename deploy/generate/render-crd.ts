/**
 * The CustomResourceDefinition as a template of the chart: crds/wssroutes.yaml with the chart's labels and annotations instead of its
 * own. A template, because helm never upgrades what is in a chart's `crds` folder.
 */
export function renderCrdTemplate(crd: string, notice: string): string {
  if (crd.includes('{{')) throw new Error('crds/wssroutes.yaml holds {{, which helm would evaluate');
  const head =
    /^(?:#[^\n]*\n)*(apiVersion:[^\n]*\nkind:[^\n]*\nmetadata:\n {2}name:[^\n]*\n) {2}labels:\n(?: {4}[^\n]*\n)+/.exec(
      crd,
    );
  if (head === null)
    throw new Error('crds/wssroutes.yaml does not begin with apiVersion, kind, metadata.name, metadata.labels');
  return `{{- /* ${notice} */}}
{{- if .Values.crds.enabled }}
${head[1]}  labels:
    {{- include "wss-operator.labels" . | nindent 4 }}
  {{- if or .Values.crds.keep .Values.crds.annotations }}
  annotations:
    {{- if .Values.crds.keep }}
    helm.sh/resource-policy: keep
    {{- end }}
    {{- with omit (default dict .Values.crds.annotations) "helm.sh/resource-policy" }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- end }}
${crd.slice(head[0].length).trimEnd()}
{{- end }}
`;
}

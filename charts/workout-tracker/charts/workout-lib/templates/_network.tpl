{{/* Where everything listens. */}}
{{- define "workout-lib.ports" -}}
api: 8000
ai-coach: 8001
worker: 8002
mcp: 8003
frontend: 8080
postgresql: {{ int .Values.global.database.port }}
redis: {{ int .Values.global.redisServer.port }}
{{- end }}

{{/* (list $ "api"): the port of its Service: the same, but the web app's is the one that browsers take. */}}
{{- define "workout-lib.servicePort" -}}
{{- $ports := include "workout-lib.ports" (index . 0) | fromYaml -}}
{{- ternary 80 (get $ports (index . 1)) (eq (index . 1) "frontend") -}}
{{- end }}

{{/* Who calls whom. Both sides of every policy are made from this table; what is not in it is refused. */}}
{{- define "workout-lib.edges" -}}
frontend: [api, ai-coach]
api: [postgresql, redis]
ai-coach: [api, redis]
worker: [api, ai-coach, redis]
task: [api, ai-coach, redis]
mcp: [api, ai-coach, redis]
backup: [postgresql]
test: [api, ai-coach, worker, frontend, mcp]
{{- end }}

{{/* (list $ "api"): a rule's other side: pods of this release, or for what is not in the cluster its addresses. */}}
{{- define "workout-lib.peer" -}}
{{- $root := index . 0 -}}
{{- $name := index . 1 -}}
{{- $global := $root.Values.global -}}
{{- $outside := get (dict "postgresql" $global.database "redis" $global.redisServer) $name | default dict -}}
{{- if get $outside "host" }}
{{- range $outside.cidrs }}
- ipBlock:
    cidr: {{ . | quote }}
{{- end }}
{{- else }}
- podSelector:
    matchLabels: {{- include "workout-lib.selector" . | nindent 6 }}
{{- end }}
{{- end }}

{{/*
(dict "root" $ "name" "api"), and where it has them: "from", more peers that may come in, or "anyone"; "exporter", the
port of metrics that stand beside it; "egress", more rules for going out. In and out of the pods of that name: what the
table says, name resolution, and traces.
*/}}
{{- define "workout-lib.networkpolicy" -}}
{{- $root := .root -}}
{{- $name := .name -}}
{{- $global := $root.Values.global -}}
{{- if $global.networkPolicy.enabled }}
{{- $edges := include "workout-lib.edges" $root | fromYaml -}}
{{- $ports := include "workout-lib.ports" $root | fromYaml -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {{ include "workout-lib.name" (list $root $name) }}
  namespace: {{ $root.Release.Namespace }}
  labels: {{- include "workout-lib.labels" (list $root $name) | nindent 4 }}
spec:
  podSelector:
    matchLabels: {{- include "workout-lib.selector" (list $root $name) | nindent 6 }}
  policyTypes: [Ingress, Egress]
  {{- if hasKey $ports $name }}
  ingress:
    - ports:
        - protocol: TCP
          port: {{ get $ports $name }}
      {{- if not .anyone }}
      from:
        {{- range $caller, $called := $edges }}
        {{- if has $name $called }}
        {{- include "workout-lib.peer" (list $root $caller) | nindent 8 }}
        {{- end }}
        {{- end }}
        {{- $scrapers := ternary $global.networkPolicy.metricsFrom list (has $name (list "api" "ai-coach" "worker" "mcp")) }}
        {{- with concat ($scrapers | default list) (.from | default list) }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      {{- end }}
    {{- if and .exporter $global.networkPolicy.metricsFrom }}
    - ports:
        - protocol: TCP
          port: {{ .exporter }}
      from: {{- toYaml $global.networkPolicy.metricsFrom | nindent 8 }}
    {{- end }}
  {{- else }}
  ingress: []
  {{- end }}
  {{- if or (get $edges $name) .egress }}
  egress:
    - ports:
        - {protocol: UDP, port: 53}
        - {protocol: TCP, port: 53}
      to: {{- toYaml $global.networkPolicy.dnsTo | nindent 8 }}
    {{- range get $edges $name }}
    - ports:
        - protocol: TCP
          port: {{ get $ports . }}
      to: {{- include "workout-lib.peer" (list $root .) | nindent 8 }}
    {{- end }}
    {{- with $global.tracing.endpoint }}
    - ports:
        - protocol: TCP
          port: {{ (urlParse .).host | regexFind ":[0-9]+$" | trimPrefix ":" | default (ternary 443 80 (hasPrefix "https:" .)) }}
    {{- end }}
    {{- with .egress }}{{ . | nindent 4 }}{{ end }}
  {{- else }}
  egress: []
  {{- end }}
{{- end }}
{{- end }}

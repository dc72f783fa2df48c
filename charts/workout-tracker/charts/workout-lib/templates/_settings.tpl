{{/*
A service's variables, as a map: the chart's, those for all services, the paths of secrets, and the person's last.
Secrets are files, /run/secrets/workout/<VARIABLE>; what is here is only where they are.
*/}}
{{- define "workout-lib.variables" -}}
{{- $found := include (printf "%s.settings" .Chart.Name) . | fromYaml -}}
{{- range include (printf "%s.secrets" .Chart.Name) . | fromYamlArray -}}
{{- $_ := set $found (printf "%s_FILE" .variable) (printf "/run/secrets/workout/%s" .variable) -}}
{{- end -}}
{{- $_ := set $found "LOG_FORMAT" .Values.global.log.format -}}
{{- $_ := set $found "LOG_LEVEL" .Values.global.log.level -}}
{{- with .Values.global.tracing.endpoint }}{{ $_ := set $found "OTEL_EXPORTER_OTLP_ENDPOINT" . }}{{ end -}}
{{- range $name, $value := .Values.settings -}}
{{- $_ := set $found $name $value -}}
{{- end -}}
{{- toYaml $found -}}
{{- end }}

{{/* Numbers of values are floats, and a large one would print as 1.048576e+06. */}}
{{- define "workout-lib.text" -}}
{{- if and (kindIs "float64" .) (eq (floor .) .) }}{{ int64 . }}{{ else }}{{ . }}{{ end -}}
{{- end }}

{{/* The ConfigMap of these variables. */}}
{{- define "workout-lib.configmap" -}}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ include "workout-lib.fullname" . }}
  namespace: {{ .Release.Namespace }}
  labels: {{- include "workout-lib.labels" (list . .Chart.Name) | nindent 4 }}
data:
  {{- range $name, $value := include "workout-lib.variables" . | fromYaml }}
  {{ $name }}: {{ include "workout-lib.text" $value | quote }}
  {{- end }}
{{- end }}

{{/* (dict "secrets" LIST): one read-only volume, a file for each secret; nothing else of a Secret gets in. */}}
{{- define "workout-lib.secretsVolume" -}}
{{- if not .secrets -}}
emptyDir: {}
{{- else -}}
projected:
  defaultMode: 0440
  sources:
    {{- range .secrets }}
    - secret:
        name: {{ .secret | quote }}
        items:
          - key: {{ .key | quote }}
            path: {{ .variable }}
    {{- end }}
{{- end }}
{{- end }}

{{/* Redis' password for `<chart>.secrets`, where it has one. */}}
{{- define "workout-lib.redisSecret" -}}
{{- if .Values.global.redisServer.password }}
- variable: REDIS_PASSWORD
  secret: {{ include "workout-lib.secretName" (list . "redis") | quote }}
  key: {{ .Values.global.redisServer.passwordKey | quote }}
{{- end }}
{{- end }}

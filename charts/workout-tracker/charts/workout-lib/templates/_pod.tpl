{{/* (list $ "api"): the beginning of every pod's spec: nobody in particular, no token, no variables of other Services. */}}
{{- define "workout-lib.pod" -}}
{{- $root := index . 0 -}}
serviceAccountName: {{ include "workout-lib.name" . }}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile:
    type: RuntimeDefault
{{- with $root.Values.global.imagePullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . | quote }}
  {{- end }}
{{- end }}
{{- with $root.Values.priorityClassName }}
priorityClassName: {{ . | quote }}
{{- end }}
{{- with $root.Values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $root.Values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $root.Values.affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* What a container may: nothing. */}}
{{- define "workout-lib.securityContext" -}}
allowPrivilegeEscalation: false
privileged: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{/* A container of the service's image, with its settings, its secrets and a /tmp. */}}
{{- define "workout-lib.container" -}}
image: {{ include "workout-lib.image" . | quote }}
imagePullPolicy: {{ .Values.global.imagePullPolicy }}
securityContext: {{- include "workout-lib.securityContext" . | nindent 2 }}
envFrom:
  - configMapRef:
      name: {{ include "workout-lib.fullname" . }}
volumeMounts: {{- include "workout-lib.volumeMounts" . | nindent 2 }}
{{- end }}

{{- define "workout-lib.volumeMounts" -}}
- name: tmp
  mountPath: /tmp
- name: secrets
  mountPath: /run/secrets/workout
  readOnly: true
{{- end }}

{{- define "workout-lib.volumes" -}}
- name: tmp
  emptyDir:
    sizeLimit: 64Mi
- name: secrets
  {{- include "workout-lib.secretsVolume" (dict "secrets" (include (printf "%s.secrets" .Chart.Name) . | fromYamlArray)) | nindent 2 }}
{{- end }}

{{/*
Started: the process answers. Ready: so does what it cannot do without. Alive: the process, and nothing else, or a
database that is away would have everything restarted. `probes` of the values is laid over this.
*/}}
{{- define "workout-lib.probes" -}}
{{- $paths := .Values.probePaths -}}
{{- $alive := dict "httpGet" (dict "path" $paths.live "port" "http") -}}
{{- $ready := dict "httpGet" (dict "path" $paths.ready "port" "http") -}}
{{- $probes := dict
      "startup" (merge (dict "periodSeconds" 2 "timeoutSeconds" 2 "failureThreshold" 45) $alive)
      "readiness" (merge (dict "periodSeconds" 5 "timeoutSeconds" 3 "failureThreshold" 2) $ready)
      "liveness" (merge (dict "periodSeconds" 10 "timeoutSeconds" 5 "failureThreshold" 3) $alive) -}}
{{- range $name, $probe := mergeOverwrite $probes (deepCopy (.Values.probes | default dict)) }}
{{ $name }}Probe: {{- toYaml $probe | nindent 2 }}
{{- end }}
{{- end }}

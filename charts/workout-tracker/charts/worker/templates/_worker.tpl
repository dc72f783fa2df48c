{{- define "worker.settings" -}}
WORKER_WORKER__HEALTH_HOST: 0.0.0.0
WORKER_WORKER__HEALTH_PORT: "8002"
WORKER_WORKER__SHUTDOWN: {{ include "workout-lib.drainSeconds" . | quote }}
WORKER_SCHEDULE__MODE: none
WORKER_API_CLIENT__WORKOUT_API_URL: {{ include "workout-lib.url" (list . "api") }}
WORKER_API_CLIENT__AI_COACH_URL: {{ include "workout-lib.url" (list . "ai-coach") }}
WORKER_API_CLIENT__USERNAME: worker
REDIS_URL: {{ include "workout-lib.redisUrl" . }}
{{- end }}

{{- define "worker.secrets" -}}
- variable: WORKER_API_CLIENT__PASSWORD
  secret: {{ include "workout-lib.secretName" (list . "serviceAccounts") | quote }}
  key: worker
{{- include "workout-lib.redisSecret" . }}
{{- end }}

{{/* (list $ "cleanup-stale-data" RESOURCES): a pod's spec that runs one task and ends. */}}
{{- define "worker.run" -}}
{{- $root := index . 0 -}}
{{- include "workout-lib.pod" (list $root "worker") }}
restartPolicy: Never
terminationGracePeriodSeconds: {{ int $root.Values.shutdown.graceSeconds }}
containers:
  - name: task
    {{- include "workout-lib.container" $root | nindent 4 }}
    args: [run, {{ index . 1 | replace "-" "_" }}]
    resources: {{- toYaml (index . 2) | nindent 6 }}
volumes: {{- include "workout-lib.volumes" $root | nindent 2 }}
{{- end }}

{{/*
(dict "root" $ "script" "backup"): a CronJob that dumps the database, or one that brings a dump back. The
latter never starts by itself; it is there for `kubectl create job --from`.
*/}}
{{- define "workout-tracker.backup" -}}
{{- $root := .root -}}
{{- $values := .root.Values.backup -}}
{{- $database := .root.Values.global.database -}}
{{- $isBackup := eq .script "backup" -}}
apiVersion: batch/v1
kind: CronJob
metadata:
  name: {{ include "workout-lib.name" (list $root .script 52) }}
  namespace: {{ $root.Release.Namespace }}
  labels: {{- include "workout-lib.labels" (list $root "backup") | nindent 4 }}
spec:
  schedule: {{ $values.schedule | quote }}
  timeZone: {{ $values.timeZone | quote }}
  suspend: {{ if $isBackup }}{{ $values.suspend }}{{ else }}true{{ end }}
  concurrencyPolicy: Forbid
  startingDeadlineSeconds: {{ int $values.startingDeadlineSeconds }}
  successfulJobsHistoryLimit: {{ int $values.successfulJobsHistoryLimit }}
  failedJobsHistoryLimit: {{ int $values.failedJobsHistoryLimit }}
  jobTemplate:
    metadata:
      labels: {{- include "workout-lib.labels" (list $root "backup") | nindent 8 }}
    spec:
      backoffLimit: {{ ternary 1 0 $isBackup }}
      activeDeadlineSeconds: {{ int $values.activeDeadlineSeconds }}
      template:
        metadata:
          labels:
            {{- include "workout-lib.selector" (list $root "backup") | nindent 12 }}
            app.kubernetes.io/part-of: workout-tracker
        spec:
          {{- include "workout-lib.pod" (list $root "backup") | nindent 10 }}
          restartPolicy: Never
          containers:
            - name: {{ .script }}
              image: {{ include "workout-tracker.backupImage" $root | quote }}
              imagePullPolicy: {{ $root.Values.global.imagePullPolicy }}
              securityContext: {{- include "workout-lib.securityContext" $root | nindent 16 }}
              command: [sh, /scripts/{{ .script }}.sh]
              env:
                {{- $host := $database.host | default (include "workout-lib.bitnamiName" (list $root "postgresql")) }}
                {{- range $name, $value := dict "PGHOST" $host "PGPORT" (int $database.port) "PGUSER" $database.username "PGDATABASE" $database.name "PGSSLMODE" $database.sslMode "PGCONNECT_TIMEOUT" 10 "KEEP" (int $values.keep) }}
                - name: {{ $name }}
                  value: {{ $value | quote }}
                {{- end }}
              resources: {{- toYaml $values.resources | nindent 16 }}
              volumeMounts:
                {{- include "workout-lib.volumeMounts" $root | nindent 16 }}
                - name: scripts
                  mountPath: /scripts
                  readOnly: true
                - name: backups
                  mountPath: /backups
          volumes:
            - name: tmp
              emptyDir: {}
            - name: scripts
              configMap:
                name: {{ include "workout-lib.name" (list $root "backup") }}
            - name: backups
              persistentVolumeClaim:
                claimName: {{ $values.existingClaim | quote }}
            - name: secrets
              {{- $password := dict "variable" "PGPASSWORD" "secret" (include "workout-lib.secretName" (list $root "database")) "key" $database.passwordKey }}
              {{- include "workout-lib.secretsVolume" (dict "secrets" (list $password)) | nindent 14 }}
{{- end }}

{{/* The mirror of the values stands in for Docker's registry, as it does for the databases' images. */}}
{{- define "workout-tracker.backupImage" -}}
{{- $image := .Values.backup.image -}}
{{- $mirror := .Values.global.imageRegistry -}}
{{- if and $mirror (hasPrefix "docker.io/" $image) }}{{ $mirror }}{{ trimPrefix "docker.io" $image }}{{ else }}{{ $image }}{{ end -}}
{{- end }}

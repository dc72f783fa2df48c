{{- define "api.settings" -}}
API_ENVIRONMENT: production
API_ACCESS: {{ .Values.global.access }}
API_HOST: 0.0.0.0
API_PORT: "8000"
API_TRUSTED_PROXIES: {{ join "," .Values.global.trustedProxies | quote }}
DATABASE_URL: {{ include "workout-lib.databaseUrl" . }}
PGSSLMODE: {{ .Values.global.database.sslMode }}
REDIS_URL: {{ include "workout-lib.redisUrl" . }}
{{- end }}

{{- define "api.secrets" -}}
- variable: DATABASE_PASSWORD
  secret: {{ include "workout-lib.secretName" (list . "database") | quote }}
  key: {{ .Values.global.database.passwordKey | quote }}
- variable: JWT_SECRET_KEY
  secret: {{ include "workout-lib.secretName" (list . "keys") | quote }}
  key: jwt-secret-key
- variable: JWT_PREVIOUS_SECRET_KEYS
  secret: {{ include "workout-lib.secretName" (list . "keys") | quote }}
  key: jwt-previous-secret-keys
{{- include "workout-lib.redisSecret" . }}
{{- end }}

{{/* Secrets of the migration alone: the accounts that it makes. */}}
{{- define "api.admin" -}}
- variable: API_ADMIN_PASSWORD
  secret: {{ include "workout-lib.secretName" (list . "keys") | quote }}
  key: admin-password
{{- end }}

{{/*
The schema, before the first request: in every pod, so that it works the same by `helm install --wait`, `rollback` and
without Helm. A lock in PostgreSQL lets one at a time; a database that is not there yet has it tried again.
*/}}
{{- define "api.migrate" -}}
- name: migrate
  {{- include "workout-lib.container" . | nindent 2 }}
    - name: admin
      mountPath: /run/secrets/admin
      readOnly: true
    - name: service-accounts
      mountPath: /run/secrets/service-accounts
      readOnly: true
  args: [migrate]
  env:
    - name: API_ADMIN_USERNAME
      value: {{ .Values.adminUsername | quote }}
    - name: API_ADMIN_PASSWORD_FILE
      value: /run/secrets/admin/API_ADMIN_PASSWORD
    - name: API_SERVICE_ACCOUNTS_DIR
      value: /run/secrets/service-accounts
  resources: {{- toYaml .Values.resources | nindent 4 }}
{{- end }}

{{- define "api.volumes" -}}
- name: admin
  {{- include "workout-lib.secretsVolume" (dict "secrets" (include "api.admin" . | fromYamlArray)) | nindent 2 }}
- name: service-accounts
  secret:
    secretName: {{ include "workout-lib.secretName" (list . "serviceAccounts") | quote }}
    defaultMode: 0440
{{- end }}

{{- define "mcp.settings" -}}
MCP_HOST: 0.0.0.0
MCP_PORT: "8003"
MCP_SHUTDOWN: {{ include "workout-lib.drainSeconds" . | quote }}
MCP_WRITE: {{ .Values.write | quote }}
MCP_ALLOWED_HOSTS: {{ concat (list (include "workout-lib.fullname" .) .Values.global.host) (.Values.hosts | default list) | join "," | quote }}
MCP_TRUSTED_PROXIES: {{ join "," .Values.global.trustedProxies | quote }}
WORKOUT_USERNAME: mcp
WORKOUT_API_URL: {{ include "workout-lib.url" (list . "api") }}
AI_COACH_URL: {{ include "workout-lib.url" (list . "ai-coach") }}
REDIS_URL: {{ include "workout-lib.redisUrl" . }}
{{- end }}

{{- define "mcp.secrets" -}}
- variable: WORKOUT_PASSWORD
  secret: {{ include "workout-lib.secretName" (list . "serviceAccounts") | quote }}
  key: mcp
{{- include "workout-lib.redisSecret" . }}
{{- end }}

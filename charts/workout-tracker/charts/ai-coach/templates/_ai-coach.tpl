{{- define "ai-coach.settings" -}}
AI_COACH_HOST: 0.0.0.0
AI_COACH_PORT: "8001"
AI_COACH_AUTH: {{ .Values.auth | default (ternary "token" "open" (eq .Values.global.access "private")) }}
AI_COACH_SHUTDOWN: {{ include "workout-lib.drainSeconds" . | quote }}
AI_COACH_TRUSTED_PROXIES: {{ join "," .Values.global.trustedProxies | quote }}
AI_COACH_USERNAME: ai-coach
WORKOUT_API_URL: {{ include "workout-lib.url" (list . "api") }}
REDIS_URL: {{ include "workout-lib.redisUrl" . }}
{{- with .Values.llm.model }}
AI_MODEL: {{ . | quote }}
{{- end }}
{{- end }}

{{- define "ai-coach.secrets" -}}
- variable: AI_COACH_PASSWORD
  secret: {{ include "workout-lib.secretName" (list . "serviceAccounts") | quote }}
  key: ai-coach
{{- include "workout-lib.redisSecret" . }}
{{- with .Values.llm }}
{{- if and .existingSecret .anthropicKey }}
- variable: ANTHROPIC_API_KEY
  secret: {{ .existingSecret | quote }}
  key: {{ .anthropicKey | quote }}
{{- end }}
{{- if and .existingSecret .openaiKey }}
- variable: OPENAI_API_KEY
  secret: {{ .existingSecret | quote }}
  key: {{ .openaiKey | quote }}
{{- end }}
{{- end }}
{{- end }}

{{/* Out to the model's provider, where there is a key for one. */}}
{{- define "ai-coach.egress" -}}
{{- with .Values.llm }}
{{- if and .existingSecret .egress.enabled }}
- ports:
    {{- range .egress.ports }}
    - protocol: TCP
      port: {{ int . }}
    {{- end }}
  to:
    {{- range $cidr := .egress.cidrs }}
    - ipBlock:
        cidr: {{ $cidr | quote }}
        {{- if has $cidr (list "0.0.0.0/0" "::/0") }}
        except:
          {{- range $.Values.llm.egress.except }}
          {{- if eq (contains ":" .) (contains ":" $cidr) }}
          - {{ . | quote }}
          {{- end }}
          {{- end }}
        {{- end }}
    {{- end }}
{{- end }}
{{- end }}
{{- end }}

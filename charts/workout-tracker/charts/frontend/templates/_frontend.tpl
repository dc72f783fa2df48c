{{- define "frontend.settings" -}}
API_URL: {{ include "workout-lib.url" (list . "api") }}
AI_COACH_URL: {{ include "workout-lib.url" (list . "ai-coach") }}
{{- end }}

{{/* It has none. */}}
{{- define "frontend.secrets" -}}
[]
{{- end }}

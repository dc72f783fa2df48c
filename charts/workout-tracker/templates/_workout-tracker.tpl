{{/* Paths of the one host, and the service behind each. */}}
{{- define "workout-tracker.routes" -}}
/: frontend
{{- if .Values.mcp.enabled }}
/mcp: mcp
{{- end }}
{{- end }}

{{/*
Services are named after the release, and a Service's name is a word of DNS. A StatefulSet's pods are labelled with its
name and a hash: one whose name is longer than 52 never gets a pod.
*/}}
{{- define "workout-tracker.checkName" -}}
{{- $release := .Release.Name -}}
{{- if not (regexMatch "^[a-z][-a-z0-9]*$" $release) -}}
{{- fail (printf "Services cannot be named after the release %s: take a name that begins with a letter and has letters, digits and - alone" $release) -}}
{{- end -}}
{{- range $chart, $more := dict "postgresql" "" "redis" "-master" -}}
{{- $excess := sub (len (printf "%s%s" (include "workout-lib.bitnamiName" (list $ $chart)) $more)) 52 -}}
{{- if and (get $.Values $chart).enabled (gt $excess 0) -}}
{{- fail (printf "The release's name %s is too long for %s.enabled=true: leave out %d characters" $release $chart $excess) -}}
{{- end -}}
{{- end -}}
{{- end }}

{{/* What cannot work, said in words before anything is installed. */}}
{{- define "workout-tracker.check" -}}
{{- include "workout-tracker.checkName" . -}}
{{- $global := .Values.global -}}
{{- range $chart, $purpose := dict "postgresql" "database" "redis" "redisServer" -}}
{{- $at := get $global $purpose -}}
{{- $bundled := (get $.Values $chart).enabled -}}
{{- if and $bundled $at.host -}}
{{- fail (printf "Two of them: %s.enabled is true and global.%s.host is set. Keep one." $chart $purpose) -}}
{{- end -}}
{{- if and (not $bundled) (not $at.host) -}}
{{- fail (printf "%s.enabled is false: say in global.%s.host where yours is" $chart $purpose) -}}
{{- end -}}
{{- end -}}
{{- if and (not .Values.postgresql.enabled) (not $global.secrets.database) -}}
{{- fail "postgresql.enabled is false: name the Secret with your database's password in global.secrets.database" -}}
{{- end -}}
{{- if and (not .Values.redis.enabled) $global.redisServer.password (not $global.secrets.redis) -}}
{{- fail "redis.enabled is false: name the Secret with your Redis' password in global.secrets.redis, or set global.redisServer.password=false" -}}
{{- end -}}
{{- if and .Values.redis.enabled (not $global.redisServer.password) -}}
{{- fail "The Redis of this chart has a password: leave global.redisServer.password true" -}}
{{- end -}}
{{- if and (or .Values.ingress.enabled .Values.httpRoute.enabled) (not .Values.frontend.enabled) -}}
{{- fail "ingress and httpRoute lead to the web app, which passes /api and /ai-coach on: set frontend.enabled=true" -}}
{{- end -}}
{{- if and .Values.backup.enabled (not .Values.backup.existingClaim) -}}
{{- fail "backup.enabled is true: name the PersistentVolumeClaim that keeps the dumps in backup.existingClaim" -}}
{{- end -}}
{{- if and .Values.httpRoute.enabled (not .Values.httpRoute.parentRefs) -}}
{{- fail "httpRoute.enabled is true: name your Gateway in httpRoute.parentRefs" -}}
{{- end -}}
{{- end }}

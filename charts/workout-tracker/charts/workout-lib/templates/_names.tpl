{{/*
Named templates are global in a release, so all of these begin with this chart's name.

Each service's chart defines three of its own:
  <chart>.settings   the variables it is started with, as a map
  <chart>.secrets    the variables whose values come from Secrets, as a list of {variable, secret, key}
and calls the templates below.
*/}}

{{/* (list $ "api" 63): the name of an object of this release. The release's part gives way when it gets too long. */}}
{{- define "workout-lib.name" -}}
{{- $root := index . 0 -}}
{{- $part := index . 1 -}}
{{- $longest := 63 -}}
{{- if gt (len .) 2 }}{{ $longest = index . 2 }}{{ end -}}
{{- $room := int (sub $longest (add (len $part) 1)) -}}
{{- printf "%s-%s" ($root.Release.Name | trunc $room | trimSuffix "-") $part -}}
{{- end }}

{{/* The name of a service's own objects. */}}
{{- define "workout-lib.fullname" -}}
{{- include "workout-lib.name" (list . .Chart.Name) -}}
{{- end }}

{{/* Bitnami's rule: a release whose name contains the chart's is not given it twice. */}}
{{- define "workout-lib.bitnamiName" -}}
{{- $root := index . 0 -}}
{{- $chart := index . 1 -}}
{{- if contains $chart $root.Release.Name -}}
{{- $root.Release.Name -}}
{{- else -}}
{{- printf "%s-%s" $root.Release.Name $chart | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end }}

{{/* (list $ "api"): what a Deployment, a Service and a policy find their pods by. Never changes. */}}
{{- define "workout-lib.selector" -}}
app.kubernetes.io/name: {{ index . 1 }}
app.kubernetes.io/instance: {{ (index . 0).Release.Name | quote }}
{{- end }}

{{/* (list $ "api"): labels of every object. */}}
{{- define "workout-lib.labels" -}}
{{- $root := index . 0 -}}
{{ include "workout-lib.selector" . }}
app.kubernetes.io/part-of: workout-tracker
app.kubernetes.io/version: {{ $root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
helm.sh/chart: {{ $root.Chart.Name }}-{{ $root.Chart.Version | replace "+" "_" }}
{{- end }}

{{/* The image of this chart: registry, repository, tag or digest. */}}
{{- define "workout-lib.image" -}}
{{- $image := .Values.image -}}
{{- $registry := $image.registry | default .Values.global.ownImageRegistry | default .Values.global.imageRegistry -}}
{{- $tag := $image.tag | default .Values.global.imageTag | default .Chart.AppVersion -}}
{{- if $registry }}{{ $registry }}/{{ end }}{{ $image.repository }}
{{- if $image.digest }}@{{ $image.digest }}{{ else }}:{{ $tag }}{{ end -}}
{{- end }}

{{/* (list $ "database"): the Secret of that purpose: the one that was given, or the one that this chart makes. */}}
{{- define "workout-lib.secretName" -}}
{{- $root := index . 0 -}}
{{- $purpose := index . 1 -}}
{{- get $root.Values.global.secrets $purpose | default (printf "%s-%s" $root.Release.Name (kebabcase $purpose)) -}}
{{- end }}

{{/* (list $ "api"): where a service of this release is found. */}}
{{- define "workout-lib.url" -}}
{{- printf "http://%s:%s" (include "workout-lib.name" .) (include "workout-lib.servicePort" .) -}}
{{- end }}

{{/* PostgreSQL's address without a password. */}}
{{- define "workout-lib.databaseUrl" -}}
{{- $at := .Values.global.database -}}
{{- $host := $at.host | default (include "workout-lib.bitnamiName" (list . "postgresql")) -}}
{{- printf "postgresql://%s@%s:%v/%s" $at.username $host (int $at.port) $at.name -}}
{{- end }}

{{/* Redis' address without a password. */}}
{{- define "workout-lib.redisUrl" -}}
{{- $at := .Values.global.redisServer -}}
{{- $host := $at.host | default (printf "%s-master" (include "workout-lib.bitnamiName" (list . "redis"))) -}}
{{- printf "%s://%s:%v" (ternary "rediss" "redis" $at.tls) $host (int $at.port) -}}
{{- end }}

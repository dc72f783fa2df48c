{{/*
(dict "root" $), and where a service has them: "initContainers" and "volumes", as YAML lists.

A new pod is ready before an old one goes. One that goes sleeps first, until no Service sends it anything more; then
the server ends what it is at. `shutdown.graceSeconds` is all of that, and five seconds for the process itself.
*/}}
{{- define "workout-lib.deployment" -}}
{{- $root := .root -}}
{{- $values := .root.Values -}}
{{- $name := include "workout-lib.fullname" $root -}}
{{- $service := $root.Chart.Name -}}
{{- $ports := include "workout-lib.ports" $root | fromYaml -}}
{{- $_ := include "workout-lib.drainSeconds" $root -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ $name }}
  namespace: {{ $root.Release.Namespace }}
  labels: {{- include "workout-lib.labels" (list $root $service) | nindent 4 }}
spec:
  {{- if not (dig "autoscaling" "enabled" false (omit $values "global")) }}
  replicas: {{ int $values.replicas }}
  {{- end }}
  revisionHistoryLimit: 5
  selector:
    matchLabels: {{- include "workout-lib.selector" (list $root $service) | nindent 6 }}
  strategy:
    type: RollingUpdate
    rollingUpdate:
      maxSurge: 1
      maxUnavailable: 0
  template:
    metadata:
      labels:
        {{- include "workout-lib.selector" (list $root $service) | nindent 8 }}
        app.kubernetes.io/part-of: workout-tracker
        {{- with $values.podLabels }}{{ toYaml . | nindent 8 }}{{ end }}
      annotations:
        checksum/settings: {{ include "workout-lib.variables" $root | sha256sum }}
        {{- with $values.podAnnotations }}{{ toYaml . | nindent 8 }}{{ end }}
    spec:
      {{- include "workout-lib.pod" (list $root $service) | nindent 6 }}
      terminationGracePeriodSeconds: {{ int $values.shutdown.graceSeconds }}
      topologySpreadConstraints:
        {{- range list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
        - maxSkew: 1
          topologyKey: {{ . }}
          whenUnsatisfiable: ScheduleAnyway
          labelSelector:
            matchLabels: {{- include "workout-lib.selector" (list $root $service) | nindent 14 }}
        {{- end }}
      {{- with .initContainers }}
      initContainers: {{- . | nindent 8 }}
      {{- end }}
      containers:
        - name: {{ $service }}
          {{- include "workout-lib.container" $root | nindent 10 }}
          ports:
            - name: http
              containerPort: {{ get $ports $service }}
          {{- include "workout-lib.probes" $root | nindent 10 }}
          lifecycle:
            preStop:
              sleep:
                seconds: {{ int $values.shutdown.preStopSeconds }}
          resources: {{- toYaml $values.resources | nindent 12 }}
      volumes:
        {{- include "workout-lib.volumes" $root | nindent 8 }}
        {{- with .volumes }}{{ . | nindent 8 }}{{ end }}
{{- end }}

{{/* What is left of the grace for what the server is at. */}}
{{- define "workout-lib.drainSeconds" -}}
{{- $left := sub (int .Values.shutdown.graceSeconds) (add (int .Values.shutdown.preStopSeconds) 5) -}}
{{- if lt $left 0 -}}
{{- fail (printf "%s.shutdown: graceSeconds must be at least preStopSeconds and 5" .Chart.Name) -}}
{{- end -}}
{{- $left -}}
{{- end }}

{{/*
(dict "root" $ "promise" "answers" "command" LIST "script" TEXT), and where the test needs them "env", a map, and "secrets", a
list like `<chart>.secrets`. A pod that `helm test` starts, as restricted as all others, with the service's own image.
*/}}
{{- define "workout-lib.testpod" -}}
{{- $root := .root -}}
apiVersion: v1
kind: Pod
metadata:
  name: {{ include "workout-lib.name" (list $root (printf "test-%s-%s" $root.Chart.Name .promise)) }}
  namespace: {{ $root.Release.Namespace }}
  labels: {{- include "workout-lib.labels" (list $root "test") | nindent 4 }}
  annotations:
    helm.sh/hook: test
    helm.sh/hook-delete-policy: before-hook-creation
spec:
  {{- include "workout-lib.pod" (list $root $root.Chart.Name) | nindent 2 }}
  restartPolicy: Never
  activeDeadlineSeconds: 120
  containers:
    - name: test
      image: {{ include "workout-lib.image" $root }}
      imagePullPolicy: {{ $root.Values.global.imagePullPolicy }}
      securityContext: {{- include "workout-lib.securityContext" $root | nindent 8 }}
      command: {{- toYaml .command | nindent 8 }}
      args:
        - {{ .script | quote }}
      env:
        - name: URL
          value: {{ include "workout-lib.url" (list $root $root.Chart.Name) }}
        {{- range $name, $value := .env }}
        - name: {{ $name }}
          value: {{ $value | quote }}
        {{- end }}
      resources:
        requests: {cpu: 10m, memory: 64Mi}
        limits: {cpu: 500m, memory: 256Mi}
      volumeMounts: {{- include "workout-lib.volumeMounts" $root | nindent 8 }}
  volumes:
    - name: tmp
      emptyDir: {}
    - name: secrets
      {{- include "workout-lib.secretsVolume" (dict "secrets" (.secrets | default list)) | nindent 6 }}
{{- end }}

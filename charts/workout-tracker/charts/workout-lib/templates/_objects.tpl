{{/* What stands around a Deployment. Each is a whole object of the service's own name. */}}

{{- define "workout-lib.service" -}}
apiVersion: v1
kind: Service
metadata:
  name: {{ include "workout-lib.fullname" . }}
  namespace: {{ .Release.Namespace }}
  labels: {{- include "workout-lib.labels" (list . .Chart.Name) | nindent 4 }}
  {{- with .Values.service.annotations }}
  annotations: {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  type: {{ .Values.service.type }}
  selector: {{- include "workout-lib.selector" (list . .Chart.Name) | nindent 4 }}
  ports:
    - name: http
      port: {{ include "workout-lib.servicePort" (list . .Chart.Name) }}
      targetPort: http
      protocol: TCP
      {{- with .Values.service.nodePort }}
      nodePort: {{ int . }}
      {{- end }}
{{- end }}

{{/* (list $ "api") */}}
{{- define "workout-lib.serviceaccount" -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ include "workout-lib.name" . }}
  namespace: {{ (index . 0).Release.Namespace }}
  labels: {{- include "workout-lib.labels" . | nindent 4 }}
automountServiceAccountToken: false
{{- end }}

{{/* Nodes are emptied one pod at a time, and a pod that is not well holds none of them up. */}}
{{- define "workout-lib.pdb" -}}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ include "workout-lib.fullname" . }}
  namespace: {{ .Release.Namespace }}
  labels: {{- include "workout-lib.labels" (list . .Chart.Name) | nindent 4 }}
spec:
  maxUnavailable: 1
  unhealthyPodEvictionPolicy: AlwaysAllow
  selector:
    matchLabels: {{- include "workout-lib.selector" (list . .Chart.Name) | nindent 6 }}
{{- end }}

{{/* Quickly up, slowly down. */}}
{{- define "workout-lib.hpa" -}}
{{- with .Values.autoscaling }}
{{- if .enabled }}
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: {{ include "workout-lib.fullname" $ }}
  namespace: {{ $.Release.Namespace }}
  labels: {{- include "workout-lib.labels" (list $ $.Chart.Name) | nindent 4 }}
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: {{ include "workout-lib.fullname" $ }}
  minReplicas: {{ int .minReplicas }}
  maxReplicas: {{ int .maxReplicas }}
  metrics:
    - type: Resource
      resource:
        name: cpu
        target:
          type: Utilization
          averageUtilization: {{ int .targetCPU }}
  behavior:
    scaleUp:
      stabilizationWindowSeconds: 0
      policies:
        - {type: Percent, value: 100, periodSeconds: 15}
        - {type: Pods, value: 2, periodSeconds: 15}
    scaleDown:
      stabilizationWindowSeconds: {{ int .scaleDownSeconds }}
      policies:
        - {type: Pods, value: 1, periodSeconds: 60}
{{- end }}
{{- end }}
{{- end }}

{{- define "millrace.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{/* Of every object; 40 letters leave room for what is added behind it. */}}
{{- define "millrace.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else if contains (include "millrace.name" .) .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "millrace.name" .) | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "millrace.selectorLabels" -}}
app.kubernetes.io/name: {{ include "millrace.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "millrace.labels" -}}
{{ include "millrace.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "millrace.image" -}}
{{ printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) }}
{{- end -}}

{{- define "millrace.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{ default (include "millrace.fullname" .) .Values.serviceAccount.name }}
{{- else -}}
{{ default "default" .Values.serviceAccount.name }}
{{- end -}}
{{- end -}}

{{/* What every pod has in common. `component` is added by the caller, which passes (list $ "worker"). */}}
{{- define "millrace.podLabels" -}}
{{- $root := index . 0 -}}
{{ include "millrace.labels" $root }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end -}}

{{- define "millrace.componentSelector" -}}
{{- $root := index . 0 -}}
{{ include "millrace.selectorLabels" $root }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end -}}

{{/* By what several coordinators elect their leader. */}}
{{- define "millrace.leaseName" -}}
{{ include "millrace.fullname" . }}-leader
{{- end -}}

{{/* Where workers look for the leader. A coordinator that stands by does not listen there. */}}
{{- define "millrace.coordinators" -}}
{{- $service := printf "%s-coordinator" (include "millrace.fullname" .) -}}
{{- if gt (int .Values.coordinator.replicas) 1 -}}
{{- $all := list -}}
{{- range until (int .Values.coordinator.replicas) -}}
{{- $all = append $all (printf "%s-%d.%s:6123" $service . $service) -}}
{{- end -}}
{{ join "," $all }}
{{- else -}}
{{ $service }}:6123
{{- end -}}
{{- end -}}

{{/* Called with (list $ WHETHER-IT-ASKS-THE-API-SERVER). */}}
{{- define "millrace.podBasics" -}}
{{- $root := index . 0 -}}
serviceAccountName: {{ include "millrace.serviceAccountName" $root }}
automountServiceAccountToken: {{ index . 1 }}
enableServiceLinks: false
securityContext: {{- toYaml $root.Values.podSecurityContext | nindent 2 }}
{{- with $root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- end -}}

{{/* Where a component's pods run; called with its values. */}}
{{- define "millrace.placement" -}}
{{- with .nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- end -}}

{{- define "millrace.containerBasics" -}}
image: {{ include "millrace.image" . }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext: {{- toYaml .Values.securityContext | nindent 2 }}
{{- end -}}

{{/* What the job tool finds by itself in any pod. */}}
{{- define "millrace.submissionRest" -}}
env:
  {{- include "millrace.toolEnv" . | nindent 2 }}
resources: {{- toYaml .Values.submission.resources | nindent 2 }}
volumeMounts:
  {{- include "millrace.secretMounts" . | nindent 2 }}
  - {name: jobs, mountPath: /etc/millrace/jobs}
{{- end -}}

{{/* Checkpoints: where they lie, and what a pod needs to reach them. */}}

{{- define "millrace.checkpointDirectory" -}}
{{- if eq .Values.checkpoints.storage "s3" -}}
{{ .Values.checkpoints.s3.uri }}
{{- else -}}
/var/lib/millrace/checkpoints
{{- end -}}
{{- end -}}

{{- define "millrace.claimName" -}}
{{ default (printf "%s-checkpoints" (include "millrace.fullname" .)) .Values.checkpoints.pvc.existingClaim }}
{{- end -}}

{{- define "millrace.storageEnv" -}}
{{- with .Values.checkpoints }}
{{- if eq .storage "s3" }}
- name: AWS_REGION
  value: {{ .s3.region | quote }}
{{- with .s3.endpoint }}
- name: AWS_ENDPOINT_URL_S3
  value: {{ . | quote }}
{{- end }}
- name: AWS_ACCESS_KEY_ID
  valueFrom: {secretKeyRef: {name: {{ .s3.existingSecret }}, key: access-key}}
- name: AWS_SECRET_ACCESS_KEY
  valueFrom: {secretKeyRef: {name: {{ .s3.existingSecret }}, key: secret-key}}
{{- end }}
{{- end }}
{{- end -}}

{{- define "millrace.storageMounts" -}}
{{- if eq .Values.checkpoints.storage "pvc" }}
- name: checkpoints
  mountPath: {{ include "millrace.checkpointDirectory" . }}
{{- end }}
{{- with .Values.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "millrace.storageVolumes" -}}
{{- if eq .Values.checkpoints.storage "pvc" }}
- name: checkpoints
  persistentVolumeClaim: {claimName: {{ include "millrace.claimName" . }}}
{{- end }}
{{- with .Values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end -}}

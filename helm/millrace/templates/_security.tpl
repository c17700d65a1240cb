{{/* Keys, tokens and certificates: what `millrace keygen` makes, under the names that it gives them. */}}

{{- define "millrace.secretName" -}}
{{ default (printf "%s-secrets" (include "millrace.fullname" .)) .Values.secrets.existingSecret }}
{{- end -}}

{{/* The secret that has the certificate, and the key in it of the one that signed it. */}}
{{- define "millrace.tlsSecretName" -}}
{{ default (include "millrace.secretName" .) .Values.secrets.tlsSecret }}
{{- end -}}
{{- define "millrace.authorityKey" -}}
{{ ternary "ca.crt" "tls.crt" (ne .Values.secrets.tlsSecret "") }}
{{- end -}}

{{- define "millrace.processArgs" -}}
- --secrets=/etc/millrace/secrets
{{- range .Values.sqlRoots }}
- --sql-root={{ . }}
{{- end }}
{{- end -}}

{{/* What the job tool needs, in every pod. */}}
{{- define "millrace.toolEnv" -}}
- name: MILLRACE_REST
  value: https://{{ include "millrace.fullname" . }}:8081
- name: MILLRACE_TOKEN_FILE
  value: /etc/millrace/secrets/token
- name: MILLRACE_CA_FILE
  value: /etc/millrace/secrets/{{ include "millrace.authorityKey" . }}
{{- end -}}

{{- define "millrace.secretMounts" -}}
- {name: secrets, mountPath: /etc/millrace/secrets, readOnly: true}
{{- end -}}

{{/* All of them, for coordinator and workers. */}}
{{- define "millrace.processSecrets" -}}
- name: secrets
  projected:
    defaultMode: 0440
    sources:
      - secret:
          name: {{ include "millrace.secretName" . }}
          items:
            - {key: cluster.key, path: cluster.key}
            - {key: token, path: token}
      - secret:
          name: {{ include "millrace.tlsSecretName" . }}
          items:
            - {key: tls.crt, path: tls.crt}
            - {key: tls.key, path: tls.key}
            {{- if .Values.secrets.tlsSecret }}
            - {key: ca.crt, path: ca.crt}
            {{- end }}
{{- end -}}

{{/* No keys for those that only ask. */}}
{{- define "millrace.toolSecrets" -}}
- name: secrets
  projected:
    defaultMode: 0440
    sources:
      - secret:
          name: {{ include "millrace.secretName" . }}
          items:
            - {key: token, path: token}
      - secret:
          name: {{ include "millrace.tlsSecretName" . }}
          items:
            - {key: {{ include "millrace.authorityKey" . }}, path: {{ include "millrace.authorityKey" . }}}
{{- end -}}

{{- define "millrace.probe" -}}
path: {{ . }}
port: rest
scheme: HTTPS
{{- end -}}

{{- define "braid.name" -}}
{{- if contains "braid" .Release.Name }}{{ .Release.Name | trunc 40 | trimSuffix "-" }}{{ else }}{{ printf "%s-braid" .Release.Name | trunc 40 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "braid.selector" -}}
app.kubernetes.io/name: braid
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "braid.labels" -}}
{{ include "braid.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "braid.claim" -}}
{{- .Values.sharedFolder.existingClaim | default (printf "%s-shared" (include "braid.name" .)) }}
{{- end }}

{{/* braid.yaml: what the chart knows, under what the values say. */}}
{{- define "braid.settings" -}}
{{- $name := include "braid.name" . }}
{{- $discovery := dict "use" "kubernetes" "with" (dict "readers" (printf "kubernetes.io/service-name=%s-reader" $name) "writers" (printf "kubernetes.io/service-name=%s-writer" $name)) }}
{{- $own := dict "discovery" $discovery }}
{{- /* Options belong to the plugin that they were written for: another one begins without any. */}}
{{- if .Values.sharedFolder.enabled }}
{{- if eq "local" (dig "storage" "use" "local" .Values.settings) }}
{{- $_ := set $own "storage" (dict "use" "local" "with" (dict "path" "/var/lib/braid-shared/storage")) }}
{{- end }}
{{- if and .Values.writer.standby (eq "file" (dig "log" "use" "file" .Values.settings)) }}
{{- $_ := set $own "log" (dict "use" "file" "with" (dict "path" "/var/lib/braid-shared/log" "shared" true)) }}
{{- end }}
{{- end }}
{{- mergeOverwrite $own (deepCopy .Values.settings) | toYaml }}
{{- end }}

{{/*
How many pods a role with an autoscaler has: as many as now. Without the line Kubernetes would make it one when the autoscaler is switched on. dict "root" . "kind" "StatefulSet" "role" "reader"
*/}}
{{- define "braid.replicas" -}}
{{- $values := index .root.Values .role }}
{{- if not $values.autoscaling.enabled }}
replicas: {{ $values.replicas }}
{{- else }}
{{- with lookup "apps/v1" .kind .root.Release.Namespace (printf "%s-%s" (include "braid.name" .root) .role) }}
replicas: {{ .spec.replicas }}
{{- end }}
{{- end }}
{{- end }}

{{/* The pod of one role: dict "root" . "role" "reader" "values" .Values.reader "dataVolume" (a volume, or nothing for one of a claim template) */}}
{{- define "braid.pod" -}}
{{- $root := .root }}
metadata:
  labels:
    {{- include "braid.labels" $root | nindent 4 }}
    app.kubernetes.io/component: {{ .role }}
    {{- with .labels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  annotations:
    # Other settings are a new pod.
    braid/settings: {{ include "braid.settings" $root | sha256sum }}
    {{- with $root.Values.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  serviceAccountName: {{ include "braid.name" $root }}
  terminationGracePeriodSeconds: {{ $root.Values.terminationGracePeriodSeconds }}
  # Variables of Services would look like settings.
  enableServiceLinks: false
  {{- with $root.Values.image.pullSecrets }}
  imagePullSecrets: {{- toYaml . | nindent 4 }}
  {{- end }}
  securityContext:
    runAsNonRoot: true
    runAsUser: 1000
    runAsGroup: 1000
    fsGroup: 1000
    fsGroupChangePolicy: OnRootMismatch
    seccompProfile: { type: RuntimeDefault }
  {{- if $root.Values.zones.spread }}
  topologySpreadConstraints:
    {{- range list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
    - topologyKey: {{ . }}
      maxSkew: 1
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- include "braid.selector" $root | nindent 10 }}
          app.kubernetes.io/component: {{ $.role }}
    {{- end }}
  {{- end }}
  {{- with .values.nodeSelector }}
  nodeSelector: {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .values.tolerations }}
  tolerations: {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .values.affinity }}
  affinity: {{- toYaml . | nindent 4 }}
  {{- end }}
  containers:
    - name: braid
      image: "{{ $root.Values.image.repository }}:{{ $root.Values.image.tag | default $root.Chart.AppVersion }}"
      imagePullPolicy: {{ $root.Values.image.pullPolicy }}
      args: [start, --role, {{ .role }}, --config, /etc/braid/braid.yaml]
      env:
        - name: POD_IP
          valueFrom: { fieldRef: { fieldPath: status.podIP } }
        - name: BRAID_NODE_ID
          valueFrom: { fieldRef: { fieldPath: metadata.name } }
        - name: BRAID_NODE_ADVERTISE
          value: $(POD_IP):19540
        {{- with $root.Values.zones.podLabel }}
        - name: BRAID_NODE_ZONE
          valueFrom: { fieldRef: { fieldPath: "metadata.labels['{{ . }}']" } }
        {{- end }}
        {{- if $root.Values.metadataPassword.secretName }}
        - name: BRAID_METADATA_WITH_PASSWORD
          valueFrom: { secretKeyRef: { name: {{ $root.Values.metadataPassword.secretName }}, key: {{ $root.Values.metadataPassword.key }} } }
        {{- end }}
        {{- with $root.Values.extraEnvironment }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      {{- with $root.Values.extraEnvironmentFrom }}
      envFrom: {{- toYaml . | nindent 8 }}
      {{- end }}
      ports:
        {{- if eq .role "router" }}
        - { name: milvus, containerPort: 19530 }
        {{- else }}
        - { name: node, containerPort: 19540 }
        {{- end }}
        - { name: management, containerPort: 9091 }
      # Before it is ready a reader loads what is its own: that is readiness, not life.
      livenessProbe:
        httpGet: { path: /livez, port: management }
        initialDelaySeconds: 10
        periodSeconds: 10
        timeoutSeconds: 5
        failureThreshold: 6
      readinessProbe:
        httpGet: { path: /healthz, port: management }
        periodSeconds: 2
        timeoutSeconds: 2
      resources: {{- toYaml .values.resources | nindent 8 }}
      securityContext:
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        capabilities: { drop: [ALL] }
      volumeMounts:
        - { name: settings, mountPath: /etc/braid, readOnly: true }
        - { name: data, mountPath: /var/lib/braid }
        - { name: temporary, mountPath: /tmp }
        {{- if $root.Values.sharedFolder.enabled }}
        - { name: shared, mountPath: /var/lib/braid-shared }
        {{- end }}
        {{- with $root.Values.extraVolumeMounts }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
  volumes:
    - name: settings
      configMap: { name: {{ include "braid.name" $root }} }
    - name: temporary
      emptyDir: {}
    {{- with .dataVolume }}
    - name: data
      {{- toYaml . | nindent 6 }}
    {{- end }}
    {{- if $root.Values.sharedFolder.enabled }}
    - name: shared
      persistentVolumeClaim: { claimName: {{ include "braid.claim" $root }} }
    {{- end }}
    {{- with $root.Values.extraVolumes }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end }}

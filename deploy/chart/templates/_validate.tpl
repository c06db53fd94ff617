{{/* Mistakes that no schema of one value can tell, all at once: each names the value, what was found, and what to write. */}}
{{- define "wss-operator.validate" -}}
{{- $mistakes := concat
  (include "wss-operator.validateConfig" . | fromJsonArray)
  (include "wss-operator.validateIssuers" . | fromJsonArray)
  (include "wss-operator.validateNamespaces" . | fromJsonArray)
  (include "wss-operator.validatePods" . | fromJsonArray)
  (include "wss-operator.validateMonitoring" . | fromJsonArray)
-}}
{{- with $mistakes }}{{ fail (printf "\n\nThese values do not fit together:\n- %s\n" (join "\n- " .)) }}{{ end -}}
{{- end }}

{{- define "wss-operator.validateConfig" -}}
{{- $found := list -}}
{{- $election := .Values.config.leaderElection -}}
{{- $replicas := int .Values.replicaCount -}}
{{- if not $election.enabled -}}
{{- if gt $replicas 1 -}}
{{- $found = append $found (printf "config.leaderElection.enabled: found false with replicaCount %d, so all of them would write; write true, or replicaCount: 1" $replicas) -}}
{{- end -}}
{{- $type := get (default dict .Values.strategy) "type" | default "RollingUpdate" -}}
{{- if ne $type "Recreate" -}}
{{- $found = append $found (printf "strategy.type: found %s with config.leaderElection.enabled false, so two versions would write during an update; write Recreate" $type) -}}
{{- end -}}
{{- end -}}
{{- $seconds := dict -}}
{{- range list "leaseDuration" "renewDeadline" "retryPeriod" -}}
{{- $_ := set $seconds . (get $election . | include "wss-operator.seconds" | int) -}}
{{- if or (lt (get $seconds .) 1) (gt (get $seconds .) 86400) -}}
{{- $found = append $found (printf "config.leaderElection.%s: found %s, must be from 1s to 24h" . (get $election .)) -}}
{{- end -}}
{{- end -}}
{{- if le $seconds.leaseDuration $seconds.renewDeadline -}}
{{- $found = append $found (printf "config.leaderElection.renewDeadline: found %s, must be shorter than leaseDuration, which is %s: else two replicas may write at once" $election.renewDeadline $election.leaseDuration) -}}
{{- end -}}
{{- if le (mul 10 $seconds.renewDeadline) (mul 12 $seconds.retryPeriod) -}}
{{- $found = append $found (printf "config.leaderElection.retryPeriod: found %s, must be so short that 1.2 times it is shorter than renewDeadline, which is %s" $election.retryPeriod $election.renewDeadline) -}}
{{- end -}}
{{- range $name, $greatest := dict "idleTimeout" "168h" "connectTimeout" "75s" -}}
{{- with get (default dict $.Values.config.limits) $name -}}
{{- $wanted := include "wss-operator.seconds" . | int -}}
{{- if or (lt $wanted 1) (gt $wanted (include "wss-operator.seconds" $greatest | int)) -}}
{{- $found = append $found (printf "config.limits.%s: found %s, must be from 1s to %s" $name . $greatest) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $least := .Values.config.verification.minInterval -}}
{{- $wanted := include "wss-operator.seconds" $least | int -}}
{{- if or (lt $wanted 10) (gt $wanted 86400) -}}
{{- $found = append $found (printf "config.verification.minInterval: found %s, must be from 10s to 24h" $least) -}}
{{- end -}}
{{- $metrics := include "wss-operator.metricsPort" . -}}
{{- if and $metrics (eq $metrics (include "wss-operator.healthPort" .)) -}}
{{- $found = append $found (printf "config.health.address: found port %s, which config.metrics.address has, too; write another one" $metrics) -}}
{{- end -}}
{{- $owners := dict
  "--config" "config" "--namespace" "watchNamespaces" "-n" "watchNamespaces" "--workers" "config.workers" "--log-level" "config.log.level"
  "--metrics-address" "config.metrics.address" "--metrics-per-route" "config.metrics.perRoute"
  "--no-metrics-per-route" "config.metrics.perRoute" "--health-address" "config.health.address"
-}}
{{- range .Values.extraArgs -}}
{{- $flag := splitList "=" . | first -}}
{{- $owner := get $owners $flag -}}
{{- if regexMatch "^--(no-)?leader-elect" $flag }}{{ $owner = "config.leaderElection" }}{{ end -}}
{{- with $owner -}}
{{- $found = append $found (printf "extraArgs: found %s, which would contradict other objects of the chart; set %s instead" $flag .) -}}
{{- end -}}
{{- end -}}
{{- toJson $found -}}
{{- end }}

{{/* Seconds of a duration such as 1h30m. */}}
{{- define "wss-operator.seconds" -}}
{{- $hours := regexFind "[0-9]+h" . | trimSuffix "h" | atoi -}}
{{- $minutes := regexFind "[0-9]+m" . | trimSuffix "m" | atoi -}}
{{ add (mul 3600 $hours) (mul 60 $minutes) (regexFind "[0-9]+s" . | trimSuffix "s" | atoi) }}
{{- end }}

{{- define "wss-operator.validateIssuers" -}}
{{- $found := list -}}
{{- $issuers := .Values.config.issuers -}}
{{- $standard := $issuers.default -}}
{{- $isAllowed := or (not $standard) (not $issuers.allowed) -}}
{{- $places := dict -}}
{{- with $standard }}{{ $_ := set $places "config.issuers.default" . }}{{ end -}}
{{- range $index, $issuer := $issuers.allowed -}}
{{- $_ := set $places (printf "config.issuers.allowed[%d]" $index) $issuer -}}
{{- if $standard -}}
{{- $isSameKind := eq (default "ClusterIssuer" $issuer.kind) (default "ClusterIssuer" $standard.kind) -}}
{{- $isSameGroup := eq (default "cert-manager.io" $issuer.group) (default "cert-manager.io" $standard.group) -}}
{{- if and $isSameKind $isSameGroup (has $issuer.name (list "*" $standard.name)) }}{{ $isAllowed = true }}{{ end -}}
{{- end -}}
{{- end -}}
{{- if not $isAllowed -}}
{{- $found = append $found (printf "config.issuers.default: found %s %s, must be one of config.issuers.allowed; add it there" (default "ClusterIssuer" $standard.kind) $standard.name) -}}
{{- end -}}
{{- range $place, $issuer := $places -}}
{{- if and (eq (default "cert-manager.io" $issuer.group) "cert-manager.io") (not (has (default "ClusterIssuer" $issuer.kind) (list "Issuer" "ClusterIssuer"))) -}}
{{- $found = append $found (printf "%s.kind: found %s, must be ClusterIssuer or Issuer; for an external issuer set group to its API group as well" $place $issuer.kind) -}}
{{- end -}}
{{- end -}}
{{- toJson $found -}}
{{- end }}

{{- define "wss-operator.validateNamespaces" -}}
{{- $found := list -}}
{{- if .Values.watchNamespaces -}}
{{- $why := "because watchNamespaces is set and Roles cannot let the operator read IngressClass objects" -}}
{{- if not .Values.config.ingressClasses -}}
{{- $found = append $found (printf "config.ingressClasses: found none, must list the classes to serve with their controller, %s; write for example [{name: nginx, controller: k8s.io/ingress-nginx}]" $why) -}}
{{- end -}}
{{- range $index, $class := .Values.config.ingressClasses -}}
{{- if not $class.controller -}}
{{- $found = append $found (printf "config.ingressClasses[%d].controller: found none for class %s, must be set, %s; write what `kubectl get ingressclass %s -o jsonpath={.spec.controller}` prints" $index $class.name $why $class.name) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $names := list -}}
{{- range $index, $class := .Values.config.ingressClasses -}}
{{- if has $class.name $names -}}
{{- $found = append $found (printf "config.ingressClasses[%d].name: found %s a second time; write each class once" $index $class.name) -}}
{{- end -}}
{{- $names = append $names $class.name -}}
{{- end -}}
{{- if and (not .Values.serviceAccount.create) (not .Values.serviceAccount.name) -}}
{{- $found = append $found "serviceAccount.name: found none with serviceAccount.create false; write the name of the account to use, since the account `default` must not get the operator's rights" -}}
{{- end -}}
{{- if and .Values.admissionPolicy.enabled (has "Deny" .Values.admissionPolicy.validationActions) (has "Warn" .Values.admissionPolicy.validationActions) -}}
{{- $found = append $found "admissionPolicy.validationActions: found Deny and Warn, which the API server does not take together; write one of them" -}}
{{- end -}}
{{- toJson $found -}}
{{- end }}

{{- define "wss-operator.validatePods" -}}
{{- $found := list -}}
{{- $replicas := int .Values.replicaCount -}}
{{- $budget := .Values.podDisruptionBudget -}}
{{- if and $budget.enabled (gt $replicas 1) -}}
{{- if hasKey $budget "minAvailable" -}}
{{- $least := toString $budget.minAvailable -}}
{{- if or (eq $least "100%") (and (not (contains "%" $least)) (ge (int $least) $replicas)) -}}
{{- $found = append $found (printf "podDisruptionBudget.minAvailable: found %s with replicaCount %d, so no node could be drained; write at most %d" $least $replicas (sub $replicas 1)) -}}
{{- end -}}
{{- else if has (toString $budget.maxUnavailable) (list "0" "0%") -}}
{{- $found = append $found (printf "podDisruptionBudget.maxUnavailable: found %v, so no node could be drained; write at least 1" $budget.maxUnavailable) -}}
{{- end -}}
{{- end -}}
{{- if not (include "wss-operator.healthPort" .) -}}
{{- range list "livenessProbe" "readinessProbe" "startupProbe" -}}
{{- if (get $.Values .).enabled -}}
{{- $found = append $found (printf "%s.enabled: found true with config.health.address \"0\", so nobody would answer; write false, or an address such as \":8081\"" .) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $strategy := default dict .Values.strategy -}}
{{- $rolling := $strategy.rollingUpdate -}}
{{- if and (ne (get $strategy "type") "Recreate") $rolling -}}
{{- if and (has (toString $rolling.maxSurge) (list "0" "0%")) (has (toString $rolling.maxUnavailable) (list "0" "0%")) -}}
{{- $found = append $found "strategy.rollingUpdate: found 0 for maxSurge and maxUnavailable, so no Pod could be replaced; write 1 for one of them" -}}
{{- end -}}
{{- end -}}
{{- range $index, $volume := .Values.extraVolumes -}}
{{- if eq $volume.name "config" -}}
{{- $found = append $found (printf "extraVolumes[%d].name: found config, which the chart's own volume is called; write another name" $index) -}}
{{- end -}}
{{- end -}}
{{- range $index, $mount := .Values.extraVolumeMounts -}}
{{- if eq (trimSuffix "/" $mount.mountPath) "/etc/wss-operator" -}}
{{- $found = append $found (printf "extraVolumeMounts[%d].mountPath: found %s, where the configuration is; write another path" $index $mount.mountPath) -}}
{{- end -}}
{{- end -}}
{{- toJson $found -}}
{{- end }}

{{- define "wss-operator.validateMonitoring" -}}
{{- $found := list -}}
{{- $metrics := .Values.metrics -}}
{{- range $kind := list "serviceMonitor" "podMonitor" -}}
{{- $monitor := get $metrics $kind -}}
{{- if $monitor.enabled -}}
{{- if eq $.Values.config.metrics.address "0" -}}
{{- $found = append $found (printf "metrics.%s.enabled: found true with config.metrics.address \"0\", so there is nothing to scrape; write false, or an address such as \":8080\"" $kind) -}}
{{- end -}}
{{- if and (regexMatch "^[0-9]+s$" $monitor.interval) (regexMatch "^[0-9]+s$" $monitor.scrapeTimeout) -}}
{{- if gt ($monitor.scrapeTimeout | trimSuffix "s" | int) ($monitor.interval | trimSuffix "s" | int) -}}
{{- $found = append $found (printf "metrics.%s.scrapeTimeout: found %s, must not be more than interval, which is %s" $kind $monitor.scrapeTimeout $monitor.interval) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if and $metrics.serviceMonitor.enabled $metrics.podMonitor.enabled -}}
{{- $found = append $found "metrics.podMonitor.enabled: found true with metrics.serviceMonitor.enabled, so everything would be counted twice; enable one of them" -}}
{{- end -}}
{{- $fullname := include "wss-operator.fullname" . -}}
{{- if and $metrics.service.enabled (not (regexMatch "^[a-z]" $fullname)) -}}
{{- $found = append $found (printf "fullnameOverride: found the name %s, after which the Service is called, so it must begin with a letter; write another one" $fullname) -}}
{{- end -}}
{{- if and $metrics.serviceMonitor.enabled (not $metrics.service.enabled) -}}
{{- $found = append $found "metrics.service.enabled: found false with metrics.serviceMonitor.enabled, which needs the Service; write true, or use metrics.podMonitor" -}}
{{- end -}}
{{- if $metrics.prometheusRule.enabled -}}
{{- $alerts := list -}}
{{- range (.Files.Get "files/alerts.yaml" | fromYaml).groups }}{{ range .rules }}{{ with .alert }}{{ $alerts = append $alerts . }}{{ end }}{{ end }}{{ end -}}
{{- range $metrics.prometheusRule.disabledAlerts -}}
{{- if not (has . $alerts) -}}
{{- $found = append $found (printf "metrics.prometheusRule.disabledAlerts: found %s, must be one of %s" . (join ", " $alerts)) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- toJson $found -}}
{{- end }}

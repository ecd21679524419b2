import { prometheusRuleFile, rulesFile } from './alert-rules.ts'
import { dashboardFile, dashboards } from './dashboards.ts'
import { kafkaTopicsFile, kafkaUsersFile } from './kafka-manifests.ts'

/** Every file below deploy/ that is made from the source. */
export const generatedFiles = (): readonly { readonly path: string; readonly text: string }[] => [
  { path: 'k8s/base/kafka-topics.yaml', text: kafkaTopicsFile() },
  { path: 'k8s/base/kafka-users.yaml', text: kafkaUsersFile() },
  { path: 'k8s/base/prometheus-rules.yaml', text: prometheusRuleFile() },
  { path: 'observability/rules.yaml', text: rulesFile() },
  ...dashboards.map((dashboard) => ({
    path: `observability/dashboards/${dashboard.uid}.json`,
    text: dashboardFile(dashboard),
  })),
]

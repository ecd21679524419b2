import type { SiteKeys } from '../producers/site-keys.ts'
import { loadSiteKeys } from '../producers/site-keys.ts'
import type { RecordPublisher } from '../runtime/kafka/types.ts'
import { withSiteSignature } from '../runtime/vouched-record.ts'
import { findKafka, kafkaClientFor } from './connect-services.ts'
import type { Process } from './open-process.ts'

/** A publisher of control records that the site signs, for a machine that has its keys and reaches Kafka alone. */
export const openSitePublisher = async (
  { settings, logger, lifecycle }: Process,
  siteId: string,
): Promise<{ readonly keys: SiteKeys; readonly publisher: Pick<RecordPublisher, 'publish'> }> => {
  const keys = await loadSiteKeys({ dataDir: settings.dataDir, siteId })
  const kafka = kafkaClientFor(await findKafka(settings), settings, logger, 'osteostream-gateway')
  const connected = await kafka.connectPublisher()
  lifecycle.add('site publisher', connected.stop)
  const { keyId, privateKey } = keys.signing
  const signer = { siteId, keyId, privateKey }
  return {
    keys,
    publisher: {
      publish: (topic, record) => connected.publish(topic, withSiteSignature(signer, topic, record)),
    },
  }
}

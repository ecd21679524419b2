/** What became of one instance of a request. */
export type StoredInstance = {
  readonly sopClassUid: string | undefined
  readonly sopInstanceUid: string | undefined
} & (
  | { readonly kind: 'kept'; readonly arrivalId: string }
  /** A status of PS3.4: 0xA700 and so on. */
  | { readonly kind: 'failed'; readonly reason: number }
)

const uid = (value: string | undefined) => ({ vr: 'UI', ...(value === undefined ? {} : { Value: [value] }) })

const reference = ({ sopClassUid, sopInstanceUid }: StoredInstance) => ({
  '00081150': uid(sopClassUid),
  '00081155': uid(sopInstanceUid),
})

/** The Store Instances Response Module (PS3.18 I.2) in the DICOM JSON model. */
export const stowResponse = (instances: readonly StoredInstance[]) => {
  const kept = instances.filter(({ kind }) => kind === 'kept').map(reference)
  const failed = instances.flatMap((instance) =>
    instance.kind === 'failed'
      ? [{ ...reference(instance), '00081197': { vr: 'US', Value: [instance.reason] } }]
      : [],
  )
  return {
    ...(failed.length === 0 ? {} : { '00081198': { vr: 'SQ', Value: failed } }),
    ...(kept.length === 0 ? {} : { '00081199': { vr: 'SQ', Value: kept } }),
  }
}

/** 200 where all were stored, 202 where some failed, 409 where all did, 400 where there was none (PS3.18 10.5.3). */
export const stowStatus = (instances: readonly StoredInstance[]): 200 | 202 | 400 | 409 => {
  if (instances.length === 0) return 400
  const failures = instances.filter(({ kind }) => kind === 'failed').length
  if (failures === 0) return 200
  return failures === instances.length ? 409 : 202
}

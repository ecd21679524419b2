import { z } from 'zod'

const whole = (least: number, most: number, or = `must be ${least} to ${most}`) =>
  z.coerce.number(or).int(or).min(least, or).max(most, or)
const file = z.string().min(1)

/** The settings of the clinic gateway, a part of `Settings`. */
export const gatewaySettings = {
  /** Whether `up` listens to X-ray systems. */
  gateway: z
    .enum(['on', 'off'], 'must be one of on, off')
    .default('on')
    .transform((text) => text === 'on'),
  /** Under which films lie in the inbox; unset takes the key in the data folder, which the first start makes. */
  gatewayKey: z
    .base64('must be base64')
    .transform((text) => new Uint8Array(Buffer.from(text, 'base64')))
    .refine((key) => key.length === 32, 'must hold 32 bytes')
    .optional(),
  /** The interface that it listens on; X-ray systems reach it at 0.0.0.0 or at an address of their network. */
  gatewayHost: z.string().min(1).default('127.0.0.1'),
  /** Of DICOM; unset takes the one of the last start, else any free one. */
  gatewayDicomPort: whole(1, 65_535).optional(),
  /** Of DICOMweb and upload; unset as for DICOM. */
  gatewayHttpPort: whole(1, 65_535).optional(),
  /** What X-ray systems call it. */
  gatewayAeTitle: z
    .string()
    .regex(
      /^[\x21-\x5b\x5d-\x7e]{1,16}$/,
      'must be 1 to 16 printable characters without blanks or a backslash',
    )
    .default('OSTEO'),
  /** JSON file of the clinics that may send; unset takes `gateway/clinics.json` in the data folder. */
  gatewayClinics: file.optional(),
  /** Files in PEM for TLS: both, or none. With an authority, clients must show a certificate of it. */
  gatewayTlsKey: file.optional(),
  gatewayTlsCert: file.optional(),
  gatewayTlsCa: file.optional(),
  /** Certificates of clients that hold no more. */
  gatewayTlsCrl: file.optional(),
  /** Megabytes that films waiting in the inbox may take. */
  gatewayQuotaMb: whole(1, 100_000_000).default(20_480),
  /** Associations, and likewise HTTP requests, that are served at once. */
  gatewayAssociations: whole(1, 1000).default(20),
  /** Seconds after which a sender that says nothing is cut off. */
  gatewayIdleS: whole(1, 3600).default(60),
  /** Threads that gate films. */
  gatewayWorkers: whole(1, 16).default(1),
  /** Seconds that a film may wait in the inbox before the log says so. */
  gatewayLateAfterS: whole(60, 2_592_000).default(3600),
}

import { z } from 'zod'

/** The settings of a film store that machines share, a part of `Settings`. */
export const s3Settings = {
  /** `https://host[:port]` of an S3 server for films too large for a record; unset keeps them in the data folder. */
  s3Endpoint: z
    .url({ protocol: /^https?$/, error: 'must be http://host:port or https://host:port' })
    .refine((text) => new URL(text).pathname === '/' && new URL(text).search === '', 'must have no path')
    .optional(),
  /** The bucket, which must be there. */
  s3Bucket: z
    .string()
    .regex(
      /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
      'must be 3 to 63 lower-case letters, digits, dots and hyphens',
    )
    .optional(),
  s3Region: z
    .string()
    .regex(/^[a-z0-9-]{1,40}$/, 'must be lower-case letters, digits and hyphens')
    .default('us-east-1'),
  s3AccessKeyId: z.string().min(1).optional(),
  s3SecretAccessKey: z.string().min(1).optional(),
  /** What the server encrypts films with; `bucket` leaves it to the rule of the bucket. */
  s3Encryption: z
    .enum(['bucket', 'AES256', 'aws:kms'], 'must be one of bucket, AES256, aws:kms')
    .default('AES256'),
  /** Seconds that a request may take, a film of 64 MB included. */
  s3RequestLimitS: z.coerce
    .number('must be 1 to 600')
    .int('must be 1 to 600')
    .min(1, 'must be 1 to 600')
    .max(600, 'must be 1 to 600')
    .default(60),
}

/** Every error that a person can cure, by code; the message names the setting and the remedy. */
export const setupErrorCodes = [
  'SETTING_INVALID',
  'PORT_IN_USE',
  'JAVA_MISSING',
  'JAVA_TOO_OLD',
  'MAVEN_MISSING',
  'MAVEN_FAILED',
  'NODE_TOO_OLD',
  'DISK_FULL',
  'DATA_DIR_IN_USE',
  'DATABASE_IN_USE',
  'DATA_DIR_UNUSABLE',
  'CACHE_DIR_UNUSABLE',
  'SERVICE_START_FAILED',
  'SERVICE_KEEPS_FAILING',
  'SERVICE_NOT_RUNNING',
  'SERVICE_UNREACHABLE',
  'SITE_UNKNOWN',
  'SITE_KEYS_MISSING',
  'FILE_UNREADABLE',
  'OUTPUT_NOT_EMPTY',
  'MODEL_UNUSABLE',
  'LABELS_UNUSABLE',
  'FILM_MISSING',
  'CLASS_MISSING',
  'PERSON_IN_BOTH_SETS',
  'SCHEMA_TOO_NEW',
  'DATA_OF_BEFORE',
  'ENGINE_KEY_MISSING',
  'GATEWAY_KEY_MISSING',
  'ARRIVAL_AMBIGUOUS',
  'TOPIC_CUT',
  'REPLAY_BEHIND',
  'NOT_FOUND',
  'PLATFORM_UNSUPPORTED',
] as const
export type SetupErrorCode = (typeof setupErrorCodes)[number]

/** Something outside the program is not as it must be; the command prints it and exits with status 2. */
export class SetupError extends Error {
  readonly code: SetupErrorCode
  /** What the person does about it, as a sentence. */
  readonly remedy: string

  constructor(code: SetupErrorCode, message: string, remedy: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'SetupError'
    this.code = code
    this.remedy = remedy
  }
}

/** The message of anything that was thrown. */
export const messageOf = (thrown: unknown): string =>
  thrown instanceof Error ? thrown.message : String(thrown)

/** The `code` of a Node system error, where it has one. */
export const systemCodeOf = (thrown: unknown): string | undefined =>
  thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined

/** What went wrong passes by itself or is cured by somebody: the same work may succeed later. */
export class RetryLater extends Error {
  readonly retryable = true

  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'RetryLater'
  }
}

/** What the broker says of a record that it will never take, whoever sends it again. */
const refusedRecords: ReadonlySet<unknown> = new Set([
  'MESSAGE_TOO_LARGE',
  'RECORD_LIST_TOO_LARGE',
  'INVALID_RECORD',
  'CORRUPT_MESSAGE',
])

/** Whether Kafka refuses the record itself; kafkajs wraps what the broker has said in an error of its own. */
export const isRecordRefused = (thrown: unknown): boolean =>
  thrown instanceof Error &&
  (('type' in thrown && refusedRecords.has(thrown.type)) || isRecordRefused(thrown.cause))

/**
 * Whether time, or a person, can mend what was thrown: an error that says so itself, a machine that refused a call
 * (disk, memory, descriptors, network), or Kafka. Anything else is a fault of the program: it happens again.
 */
export const isRetryable = (thrown: unknown): boolean => {
  if (!(thrown instanceof Error)) return false
  if ('retryable' in thrown && typeof thrown.retryable === 'boolean') return thrown.retryable
  return 'syscall' in thrown || (thrown.name.startsWith('KafkaJS') && !isRecordRefused(thrown))
}

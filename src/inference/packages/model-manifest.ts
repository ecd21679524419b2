import { createHash } from 'node:crypto'
import { z } from 'zod'
import { sha256Schema } from '../../contracts/identifiers.ts'
import {
  densityClasses,
  type FinderIdentity,
  landmarkNames,
  type ModelIdentity,
} from '../../contracts/verdict.ts'

const share = z.number().gt(0).lt(1)
const common = {
  name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/),
  version: z.string().regex(/^\d+\.\d+\.\d+$/),
  /** Where the films that it learned from came from. */
  domain: z.enum(['synthetic', 'real']),
  architecture: z.string().min(1),
  input: z.object({ name: z.string().min(1), size: z.int().min(16).max(1024), channels: z.literal(1) }),
  /** How the film becomes the input; part of what the baseline card is keyed to. */
  preprocessing: z.record(z.string(), z.json()),
  files: z
    .record(z.string(), sha256Schema)
    .refine((files) => 'model.onnx' in files, 'model.onnx is not listed'),
  training: z.record(z.string(), z.json()),
}

/** A package that classifies a hip: logits, a 16-number embedding and, where trained, a T-score. */
export const classifierManifestSchema = z.object({
  ...common,
  task: z.literal('classify'),
  classes: z.tuple([
    z.literal(densityClasses[0]),
    z.literal(densityClasses[1]),
    z.literal(densityClasses[2]),
  ]),
  outputs: z.object({
    logits: z.string(),
    embedding: z.string(),
    tScore: z.string().optional(),
    /** Where the network looked: [n, g, g], not negative, the first row at the top of the crop; for reports only. */
    heat: z.string().optional(),
  }),
  /** Divides the logits before the softmax. */
  temperature: z.number().positive(),
  /** p(osteoporosis) ≥ t1 → osteoporosis; else p(osteoporosis) + p(osteopenia) ≥ t2 → osteopenia. */
  thresholds: z.object({ t1: share, t2: share }),
})
export type ClassifierManifest = z.infer<typeof classifierManifestSchema>

/** What keeps a hip from being read, as its crop shows it. */
export const hipSigns = ['fracture', 'implant', 'cement', 'object', 'cutOff', 'exposure'] as const
export type HipSign = (typeof hipSigns)[number]

/** Networks beside model.onnx without which a finder does not serve, and what would not be seen. */
const furtherNetworks = {
  'conditions.onnx': 'fractures and objects over the hip',
  'landmarks.onnx': 'whether the femur lies where it should',
  'markers.onnx': 'letters for the side',
} as const

/**
 * A package that finds hips on a thumbnail of the film, tells from the crop of each whether it can be read and where its
 * landmarks lie, and reads side markers on a larger thumbnail.
 */
export const finderManifestSchema = z
  .object({
    ...common,
    task: z.literal('find-hips'),
    /**
     * Fewest pixels along the shorter side of a film: below, a hip has too few for its trabeculae. It decides which films
     * are refused and not how others are read, and so is no part of the finder's digest.
     */
    shortestSidePixels: z.int().positive(),
    outputs: z.record(z.string(), z.string()),
    files: common.files.superRefine((files, context) => {
      for (const [file, unseen] of Object.entries(furtherNetworks))
        if (!(file in files))
          context.addIssue({
            code: 'custom',
            message: `${file} is not listed: without it nobody sees ${unseen}`,
          })
    }),
    /** Of conditions.onnx: a logit for each sign, in this order, of a crop of a hip as the classifiers get it. */
    conditions: z.object({
      input: common.input,
      output: z.string().min(1),
      signs: z.array(z.enum(hipSigns)).length(hipSigns.length),
      /** A sign is told from this probability on. */
      thresholds: z.record(z.enum(hipSigns), share),
    }),
    /**
     * Of landmarks.onnx, for a crop as conditions.onnx gets it: x and y of each point as shares of the crop's edge, the
     * chance that it lies within `near` of there, and the radius of the head.
     */
    landmarks: z.object({
      input: common.input,
      outputs: z.object({ points: z.string(), confidence: z.string(), headRadius: z.string() }),
      points: z.tuple([
        z.literal(landmarkNames[0]),
        z.literal(landmarkNames[1]),
        z.literal(landmarkNames[2]),
        z.literal(landmarkNames[3]),
        z.literal(landmarkNames[4]),
      ]),
      near: share,
    }),
    /** Of markers.onnx: for each letter a square map of the chance that its middle lies in a cell. */
    markers: z.object({
      input: common.input,
      output: z.string().min(1),
      letters: z.tuple([z.literal('left'), z.literal('right')]),
      /** A letter is read from this chance on. */
      threshold: share,
    }),
  })
  .refine(
    ({ conditions, landmarks }) => conditions.input.size === landmarks.input.size,
    'conditions.onnx and landmarks.onnx want crops of different sizes: a hip is cut once for both',
  )
export type FinderManifest = z.infer<typeof finderManifestSchema>

export const manifestSchema = z.discriminatedUnion('task', [classifierManifestSchema, finderManifestSchema])
export type ModelManifest = z.infer<typeof manifestSchema>

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, entry]) => [key, sorted(entry)]))
}

const digestOf = (value: unknown): string =>
  createHash('sha256')
    .update(JSON.stringify(sorted(value)))
    .digest('hex')

const digest = (manifest: ClassifierManifest): ModelIdentity => ({
  name: manifest.name,
  version: manifest.version,
  weightsDigest: sha256Schema.parse(manifest.files['model.onnx']),
  preprocessingDigest: digestOf({ input: manifest.input, preprocessing: manifest.preprocessing }),
  thresholdsDigest: digestOf({ temperature: manifest.temperature, thresholds: manifest.thresholds }),
})

/** Asked for by every reading; a manifest that has been read never changes. */
const known = new WeakMap<ClassifierManifest, ModelIdentity>()

/** The digests that every verdict carries: of the weights, of the preprocessing, of the decision rule. */
export const identityOf = (manifest: ClassifierManifest): ModelIdentity => {
  const identity = known.get(manifest) ?? digest(manifest)
  known.set(manifest, identity)
  return identity
}

/** What every finding names as its finder. */
export const finderIdentityOf = ({
  name,
  version,
  files,
  input,
  preprocessing,
  conditions,
  landmarks,
  markers,
}: FinderManifest): FinderIdentity => ({
  name,
  version,
  digest: digestOf({ files, input, preprocessing, conditions, landmarks, markers }),
})

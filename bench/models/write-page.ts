import { nameOf, percent } from '../../src/figures/figure-text.ts'
import type { PackageEvaluation } from '../../src/inference/evaluation/package-evaluation.ts'
import type { ClassifierManifest } from '../../src/inference/packages/model-manifest.ts'
import { type Expectation, expectations } from './expectations.ts'
import type { KneeResults } from './knee-results.ts'
import { accuracyTableOf, classTableOf, markdownTable, pairTableOf, setRow } from './model-tables.ts'
import { publishedFigures } from './published.ts'
import type { TestSet } from './test-sets.ts'
import { trainingSection } from './training-section.ts'

/** An evaluation of all packages on one of the sets. */
export type SetEvaluation = { readonly given: TestSet; readonly found: PackageEvaluation }

const packageRow = ({
  name,
  version,
  architecture,
  input,
  files,
  thresholds,
  ...rest
}: ClassifierManifest) => [
  nameOf({ name, version }),
  architecture,
  String(input.size),
  `${thresholds.t1.toFixed(3)}, ${thresholds.t2.toFixed(3)}, ${rest.temperature.toFixed(3)}`,
  `\`${(files['model.onnx'] ?? '').slice(0, 12)}\``,
]

const packagesSection = ({ models }: PackageEvaluation): string[] => [
  '## Packages',
  '',
  markdownTable([
    ['package', 'architecture', 'input, pixels', 't1, t2, temperature', 'weights'],
    ...models.map(({ manifest }) => packageRow(manifest)),
  ]),
  '',
]

const setSection = ({ found }: SetEvaluation): string[] => [
  `## ${found.set === 'internal' ? 'Internal: other people of the development hospital' : 'External: clinics outside'}`,
  '',
  classTableOf(found),
  '',
  accuracyTableOf(found),
  '',
  ...pairTableOf(found),
  '',
]

const expectationSection = (all: readonly Expectation[]): string[] => [
  `## What is expected of them: ${all.filter(({ holds }) => holds).length} of ${all.length} hold`,
  '',
  markdownTable([
    ['expected', 'found, AUC %', ''],
    ...all.map(({ text, found, holds }) => [text, found, holds ? 'holds' : '**does not hold**']),
  ]),
  '',
]

const figureText = ({ value, low, high }: { value: number; low: number; high: number }): string =>
  `${percent(value)} (${percent(low)}–${percent(high)})`

const kneeSection = (knees: KneeResults | undefined): string[] => {
  const title = ['## Real pixels: knees', '']
  if (knees === undefined)
    return [
      ...title,
      'The cross-validation on real knee films has not been run on this machine: `training/README.md` has its command.',
      '',
    ]
  const { films, groups, leftOut, folds, pixels, majority, models } = knees
  const left = Object.entries(leftOut).map(([reason, count]) => `${count} ${reason}`)
  return [
    ...title,
    'Knees are not hips, and their labels are not T-scores of the femoral neck: this says only what the same commands make',
    `of real films; where the accuracy is that of the most frequent class and the AUC near 50, nothing was learned. ${films} films in ${groups} groups that never stand on both sides (left out: ${left.join(', ') || 'none'}),`,
    `${folds} grouped, stratified folds at ${pixels} pixels, ${knees.hardware}. Calling every film the most frequent class is right in`,
    `${percent(majority)} %.`,
    '',
    markdownTable([
      [
        'architecture',
        'accuracy %',
        'AUC osteoporosis %',
        'AUC osteopenia %',
        'AUC normal %',
        'folds, accuracy %',
      ],
      ...models.map(({ architecture, accuracy, auc, foldAccuracy }) => [
        architecture,
        figureText(accuracy),
        figureText(auc.osteoporosis),
        figureText(auc.osteopenia),
        figureText(auc.normal),
        foldAccuracy.map(percent).join(', '),
      ]),
    ]),
    '',
    `Written by \`${knees.command}\`.`,
    '',
  ]
}

const publishedSection = (): string[] => [
  '## The study that is followed, for comparison only',
  '',
  `None of these figures was measured here. They are those of the study's abstract (its vision transformer, real patients, ${publishedFigures.films});`,
  'those of its ResNet50 and InceptionV3 are not public.',
  '',
  markdownTable([
    ['set', 'accuracy %', 'class', 'AUC %', 'PPV %', 'NPV %'],
    ...publishedFigures.sets.flatMap(({ set, accuracy, classes }) =>
      Object.entries(classes).map(([name, { auc, ppv, npv }]) => [set, accuracy, name, auc, ppv, npv]),
    ),
  ]),
  '',
]

const claims = `## What would have to be done to claim more

- Train and validate on films of real hips with a DXA of the femoral neck within 12 months, read on the white-female NHANES III
  reference, of a hospital's own people: \`npm start -- export-regions\`, the commands of \`training/README.md\` with \`--init\` for
  weights that a user has, and \`npm start -- evaluate --set internal\`.
- An external set of other clinics, makers and countries, its people in no training set (\`--not-in\`), with its own baseline card:
  \`npm start -- evaluate --set external --domain real\`. A synthetic card never corrects real people.
- The films that the gate refuses, and fractures and implants, followed up: they are not missing at random.
- Readers of films beside the packages on the same hips, and an audit of labels (280 labels show a fall of 5 points of accuracy).
- A prospective run in shadow, with the thresholds fixed before it begins.
- The packages are for research; they are no medical device.
`

/** The page: the same packages and options write the same bytes. */
export const writeModelPage = (
  internal: SetEvaluation,
  external: SetEvaluation,
  knees: KneeResults | undefined,
  command: string,
): string => {
  const both = [internal, external]
  return [
    '# Validation of the models',
    '',
    `Written by \`${command}\`: every figure of the first sections is printed by that command, from films that it draws with seeds that`,
    'no training uses, through the path that films take in production. Do not edit: run it again.',
    '',
    '**The films are simulated.** These figures say that the chain works from film to table; they say nothing about real patients.',
    'Simulated films show T only with an error. The visibility ceiling beside each AUC is what a reader who sees everything would reach',
    'on hips with these T-scores, with its spread over sets like this one.',
    '',
    'Intervals are 95 %, hips of a person clustered; thresholds come with the packages. Each class is against the other two.',
    '',
    ...packagesSection(internal.found),
    '## Sets',
    '',
    markdownTable([
      [
        'set',
        'drawn from',
        'labelled films',
        'hips of people in the tables',
        'osteoporosis / osteopenia / normal %',
        'films refused',
        'hips left out',
      ],
      ...both.map(({ given, found }) => setRow(found, given.seed, given.world)),
    ]),
    '',
    ...both.flatMap(setSection),
    ...expectationSection(expectations(internal.found, external.found)),
    ...trainingSection(internal.found),
    ...kneeSection(knees),
    ...publishedSection(),
    claims,
  ].join('\n')
}

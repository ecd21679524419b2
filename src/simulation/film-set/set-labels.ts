import { unreadableConditions } from '../films/conditions.ts'
import { appearanceError, classOf, clinicOffsetSd, type World } from '../films/person.ts'
import { magnification } from '../films/render-film.ts'
import type { SetFilm } from './draw-set-film.ts'

/**
 * First line of `labels.csv`. The last two columns say that the film is simulated, and by how much what it shows differs
 * from T: for each hip, and for all films of its clinic (`src/inference/evaluation/read-labels.ts` reads them).
 */
export const labelsHeader = 'file,person,side,tScore,class,age,sex,clinic,simulatedErrorSd,simulatedClinicSd'

/**
 * A line for each hip that a reference test can be made of, as a densitometer would give it: implants and fractures
 * make the measurement void, so those hips have no line (they are in `truth.jsonl`).
 */
export const labelLines = (
  { film, person, personId, clinic }: SetFilm,
  file: string,
  world: World,
): string[] =>
  film.hips
    .filter(({ condition }) => !unreadableConditions.has(condition))
    .map(({ side, tScore }) =>
      [
        file,
        personId,
        side === 'left' ? 'L' : 'R',
        tScore.toFixed(3),
        // What is written is what is classified.
        classOf(Number(tScore.toFixed(3))),
        person.age,
        person.sex,
        clinic,
        appearanceError[world],
        world === 'external' ? clinicOffsetSd : 0,
      ].join(','),
    )

const implants = new Set(['prosthesis', 'cemented-prosthesis', 'screws'])
const rounded = (value: number, digits: number): number => Number(value.toFixed(digits))
const point = ({ x, y }: { x: number; y: number }) => ({ x: rounded(x, 2), y: rounded(y, 2) })

/** Everything that the simulator knows of a film; places in pixels, spacing in millimetres. */
export const truthOf = ({ film, person, personId, clinic, view, device, fault }: SetFilm, file: string) => ({
  file,
  person: personId,
  clinic,
  age: person.age,
  sex: person.sex,
  reason: person.reason,
  view,
  device: `${device.maker} ${device.model}`,
  kvp: device.kvp,
  fault: fault ?? null,
  rows: film.rows,
  columns: film.columns,
  spacingAtDetectorMm: rounded(film.spacingMm, 4),
  spacingAtBoneMm: rounded(film.spacingMm / magnification, 4),
  hips: film.hips.map(({ side, tScore, condition, landmarks, box }) => ({
    side,
    tScore: rounded(tScore, 3),
    /** What the film can show of T. */
    visibleT: rounded(person[side].appearance, 3),
    class: classOf(rounded(tScore, 3)),
    condition,
    hasImplant: implants.has(condition),
    landmarks: {
      head: point(landmarks.head),
      headRadius: rounded(landmarks.headRadius, 2),
      neck: point(landmarks.neck),
      greaterTrochanter: point(landmarks.greaterTrochanter),
      lesserTrochanter: point(landmarks.lesserTrochanter),
      shaft: point(landmarks.shaft),
    },
    box: { ...point(box), width: rounded(box.width, 2), height: rounded(box.height, 2) },
  })),
})

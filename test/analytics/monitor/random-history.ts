import type { ResultBatch } from '../../../src/contracts/ports.ts'
import type { DensityClass, Verdict } from '../../../src/contracts/verdict.ts'
import { createRandom } from '../../../src/statistics/maths/random.ts'
import {
  at,
  batchOf,
  deliveryId,
  type FilmWords,
  finding,
  hex,
  hipOf,
  rejection,
  siteOf,
  uuid,
  verdictOf,
} from '../films.ts'

const sites = ['lisbon', 'porto', 'osaka', 'boston'] as const
const classes: readonly DensityClass[] = ['normal', 'osteopenia', 'osteoporosis']
const ages = ['50-54', '70-74', '85-89', '18-49'] as const

/** The registry of these histories: two clinics of one region, one of another zone, one with real people. */
export const registry = [
  siteOf('lisbon', 'south', 'Europe/Lisbon'),
  siteOf('porto', 'south', 'Europe/Lisbon'),
  siteOf('osaka', 'east', 'Asia/Tokyo'),
  siteOf('boston', 'west', 'America/New_York', { domain: 'real' }),
]

/**
 * A history by a seed, one step at a call: films that come, come late, come again with other pixels or for another person,
 * are refused at first and read later; people who are erased, relinked, or whose film is retracted.
 */
export const createHistory = (seed: number) => {
  const random = createRandom(seed)
  const below = (limit: number): number => Math.floor(limit * random())
  const oneOf = <Item>(items: readonly [Item, ...Item[]] | readonly Item[]): Item => {
    const item = items[below(items.length)]
    if (item === undefined) throw new Error('nothing to choose from')
    return item
  }
  const sent: FilmWords[] = []
  let offset = 0
  let corrections = 0
  const outcome = (film: string) => {
    const roll = random()
    if (roll < 0.12) return rejection('HIP_UNREADABLE', film)
    if (roll < 0.2) return finding(film, [hipOf('left', 'normal', false)])
    const [hip] = [hipOf('left', oneOf(classes))]
    const readings = hip.readings.map((reading) => ({ ...reading, severity: below(40) / 8 - 4 }))
    return finding(film, [{ ...hip, readings }])
  }
  const day = (): string =>
    new Date(Date.UTC(2026, 1, 20) + below(30) * 86_400_000).toISOString().slice(0, 10)
  const arrival = (words: FilmWords): Verdict => {
    offset += 1
    const appendedAt = new Date(Date.UTC(2026, 2, 28) + offset * 1000).toISOString()
    return verdictOf(
      { receivedAt: '2026-03-28T09:15:00.000Z', appendedAt, ...words },
      at(offset),
      outcome(words.film),
    )
  }
  const newFilm = (): Verdict => {
    const person = `p${below(25)}`
    const words: FilmWords = {
      film: `f${sent.length}`,
      site: oneOf(sites),
      person,
      ...(random() < 0.4 ? { link: person } : {}),
      attributes: {
        ageBand: oneOf(ages),
        sex: oneOf(['F', 'M'] as const),
        maker: oneOf(['Example Imaging', 'Demo Medical'] as const),
        kvp: 70 + below(10),
        ...(random() < 0.8 ? { acquisitionDay: day() } : {}),
      },
    }
    sent.push(words)
    return arrival(words)
  }
  const again = (): Verdict => {
    const words = oneOf(sent)
    const other = random() < 0.5 ? { person: `p${below(25)}` } : {}
    const attributes = { ...words.attributes, acquisitionDay: day() }
    const bytes = random() < 0.5 ? { bytes: `other ${offset}` } : {}
    return arrival({ ...words, ...other, attributes, ...bytes, delivery: `again ${offset}` })
  }
  const correction = (): ResultBatch => {
    corrections += 1
    const words = oneOf(sent)
    const common = {
      correctionId: uuid(`correction ${seed} ${corrections}`),
      siteId: words.site ?? 'lisbon',
      who: 'data steward',
      why: 'asked for it',
      at: new Date(Date.UTC(2026, 2, 29) + corrections * 1000).toISOString(),
    }
    const subjectKey = hex(`person ${words.person}`)
    const roll = random()
    if (roll < 0.3) return batchOf({ corrections: [{ kind: 'erase', ...common, subjectKey }] })
    if (roll < 0.5)
      return batchOf({
        corrections: [
          { kind: 'retract', ...common, eventId: hex(`film ${words.film}`), arrivalId: deliveryIdOf(words) },
        ],
      })
    return batchOf({
      corrections: [
        {
          kind: 'relink',
          ...common,
          subjectKey,
          newSubjectKey: hex(`person p${below(25)}`),
          ...(random() < 0.5 ? { newLinkKey: hex(`link p${below(25)}`) } : {}),
        },
      ],
    })
  }
  /** The next step: a batch as the sink would write it. */
  const step = (): ResultBatch => {
    const roll = random()
    if (sent.length < 30 || roll < 0.4)
      return batchOf({ verdicts: Array.from({ length: 1 + below(12) }, newFilm) })
    return roll < 0.7 ? batchOf({ verdicts: [again()] }) : correction()
  }
  return { step }
}

const deliveryIdOf = (words: FilmWords): string => {
  const [verdict] = [
    verdictOf({ receivedAt: '2026-03-28T09:15:00.000Z', ...words }, at(0), rejection('CUT_OFF')),
  ]
  return verdict.attributed ? verdict.arrivalId : deliveryId(words.film)
}

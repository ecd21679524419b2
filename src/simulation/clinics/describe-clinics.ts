import type { Site } from '../../contracts/site.ts'
import { normalDraw } from '../films/normal-draw.ts'
import { randomFor } from './seeded-random.ts'

/** A region of the simulated country. */
export type SimulatedRegion = {
  readonly name: string
  readonly timeZone: string
  /** Added to the mean T-score of its people, on top of age and sex. */
  readonly tShift: number
  /** Added to the mean age of its people, in years. */
  readonly ageShift: number
  /** How much each of its clinics sends, against the others. */
  readonly volume: number
  /** Which maker's equipment its clinics mostly have: an index that the film world turns into a device. */
  readonly maker: number
}

export type SimulatedClinic = {
  readonly siteId: string
  readonly name: string
  readonly region: SimulatedRegion
  readonly volume: number
  readonly maker: number
  /** How much frailer (below 0) or healthier its films look than its people are, in units of T. */
  readonly appearanceOffset: number
}

/** A site of the registry before it has keys. */
export type SiteDraft = Omit<Site, 'keys' | 'validFrom' | 'validTo'>

const names = [
  'North',
  'South',
  'East',
  'West',
  'Centre',
  'Coast',
  'Highlands',
  'Islands',
  'Lakes',
  'Capital',
]
const timeZones = [
  'Europe/Lisbon',
  'Europe/Berlin',
  'Europe/Helsinki',
  'Atlantic/Azores',
  'Europe/Paris',
  'Europe/Athens',
]
const makers = 4

const cyclic = <Item>(items: readonly Item[], index: number, fallback: Item): Item =>
  items[index % items.length] ?? fallback

const regionName = (index: number): string => {
  const round = Math.floor(index / names.length)
  return round === 0 ? cyclic(names, index, 'North') : `${cyclic(names, index, 'North')} ${round + 1}`
}

const describeRegion = (index: number, count: number, seed: number): SimulatedRegion => {
  const random = randomFor(seed, 'region', index)
  // From healthier to frailer in even steps, so that the regions can be told apart whatever the seed.
  const position = count === 1 ? 0 : (2 * index) / (count - 1) - 1
  return {
    name: regionName(index),
    timeZone: cyclic(timeZones, index, 'Europe/Lisbon'),
    tShift: -0.45 * position + 0.1 * (random() - 0.5),
    ageShift: 3 * position + 4 * (random() - 0.5),
    volume: 0.7 + 0.8 * random(),
    maker: Math.floor(random() * makers),
  }
}

const slug = (name: string): string => name.toLowerCase().replaceAll(' ', '-')

const describeClinic = (region: SimulatedRegion, number: number, seed: number): SimulatedClinic => {
  const siteId = `${slug(region.name)}-${number}`
  const random = randomFor(seed, 'clinic', siteId)
  return {
    siteId,
    name: `${region.name} clinic ${number}`,
    region,
    volume: region.volume * (0.6 + 0.8 * random()),
    maker: random() < 0.75 ? region.maker : Math.floor(random() * makers),
    appearanceOffset: 0.15 * normalDraw(random),
  }
}

/** The clinics of a simulated country: `clinics` of them, dealt out over `regions`. */
export const describeClinics = (country: {
  clinics: number
  regions: number
  seed: number
}): readonly SimulatedClinic[] => {
  const count = Math.min(country.regions, country.clinics)
  const regions = Array.from({ length: count }, (_, index) => describeRegion(index, count, country.seed))
  return Array.from({ length: country.clinics }, (_, index) => {
    const region = regions[index % count] ?? describeRegion(0, 1, country.seed)
    return describeClinic(region, Math.floor(index / count) + 1, country.seed)
  })
}

/** The site of a simulated clinic, as the registry wants it but for the keys. */
export const siteDraftOf = (clinic: SimulatedClinic): SiteDraft => ({
  siteId: clinic.siteId,
  name: clinic.name,
  region: clinic.region.name,
  timeZone: clinic.region.timeZone,
  domain: 'synthetic',
})

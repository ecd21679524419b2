import type { Random } from '../clinics/seeded-random.ts'
import type { Acquisition } from './expose-film.ts'
import type { World } from './person.ts'

type Device = Pick<
  Acquisition,
  'maker' | 'model' | 'softwareVersion' | 'detector' | 'bitsStored' | 'photometric' | 'contrast'
>

/** Invented makers; the hospital has the first two. */
const devices: readonly Device[] = [
  {
    maker: 'Example Imaging',
    model: 'FlatPanel 1',
    softwareVersion: '4.2',
    detector: 'EI-43A',
    bitsStored: 12,
    photometric: 'MONOCHROME2',
    contrast: 1,
  },
  {
    maker: 'Sample Roentgen',
    model: 'SR-200',
    softwareVersion: '2.0.1',
    detector: 'SR-D14',
    bitsStored: 14,
    photometric: 'MONOCHROME1',
    contrast: 1.15,
  },
  {
    maker: 'Demo Medical',
    model: 'DM Digital',
    softwareVersion: '7.1',
    detector: 'DM-CSI',
    bitsStored: 12,
    photometric: 'MONOCHROME2',
    contrast: 0.88,
  },
  {
    maker: 'Specimen Systems',
    model: 'CR Reader',
    softwareVersion: '1.9',
    detector: 'CR-35',
    bitsStored: 10,
    photometric: 'MONOCHROME1',
    contrast: 1.05,
  },
]
const hospitalDevices = 2

/** The hospital positions legs with more care than clinics outside. */
const rotationDeg = { hospital: { mean: 12, sd: 6 }, external: { mean: 7, sd: 9 } } as const

/** One exposure on a device of a world; `maker` chooses it, or else the random numbers do. */
export const sampleAcquisition = (options: { world: World; random: Random; maker?: number }): Acquisition => {
  const { world, random } = options
  const available = world === 'hospital' ? hospitalDevices : devices.length
  const index = (options.maker ?? Math.floor(random() * available)) % devices.length
  const device = devices[index] ?? devices[0]
  if (device === undefined) throw new Error('there are no devices')
  return {
    ...device,
    kvp: Math.round(70 + 10 * random()),
    scatter: 0.3 + 0.3 * random(),
    quanta: 2500 * (0.6 + 1.2 * random()),
    rotationDeg: rotationDeg[world],
  }
}

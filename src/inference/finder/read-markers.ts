import { join } from 'node:path'
import type { Side } from '../../contracts/film-attributes.ts'
import { thumbnailOf } from '../../imaging/picture/crop-region.ts'
import type { GreyFilm } from '../../imaging/picture/grey-film.ts'
import { openFinderNetwork, readFinderManifest } from './read-finder.ts'

/** A letter on a film that says which side of the body it lies on; its middle in pixels of the film. */
export type ReadMarker = { readonly letter: Side; readonly x: number; readonly y: number }

/** Answers which side markers a film carries; a mirrored or turned letter is that letter. */
export type ReadMarkers = (film: GreyFilm) => Promise<readonly ReadMarker[]>

/** Letters are large: four samples a pixel show them as sixteen do, in a third of the time. */
const samplesAlong = 2

/** Cells around a letter's middle in which no other letter is looked for. */
const reach = 2

type Maps = { readonly edge: number; readonly chances: readonly Float32Array[] }

const strongestAt = ({ chances }: Maps, cell: number): number =>
  Math.max(...chances.map((map) => map[cell] ?? 0))

/** Cells that are read, and that nothing around them outdoes; of equal ones the first. */
const peaksOf = (maps: Maps, threshold: number): number[] => {
  const { edge } = maps
  const peaks: number[] = []
  for (let cell = 0; cell < edge * edge; cell += 1) {
    const chance = strongestAt(maps, cell)
    if (!(chance >= threshold)) continue
    const [row, column] = [Math.floor(cell / edge), cell % edge]
    const isNear = (peak: number): boolean =>
      Math.abs(Math.floor(peak / edge) - row) <= reach && Math.abs((peak % edge) - column) <= reach
    const rivals = peaks.filter(isNear)
    if (rivals.some((peak) => strongestAt(maps, peak) >= chance)) continue
    for (const peak of rivals) peaks.splice(peaks.indexOf(peak), 1)
    peaks.push(cell)
  }
  return peaks
}

/** Loads the network for side markers of a finder's package and answers the function that uses it. */
export const createReadMarkers = async (folder: string, provider: 'cpu' | 'cuda'): Promise<ReadMarkers> => {
  const { markers } = await readFinderManifest(folder)
  const { size } = markers.input
  const session = await openFinderNetwork(join(folder, 'markers.onnx'), markers.input, provider)
  return async (film) => {
    const { image, scale, offsetX, offsetY } = thumbnailOf(film, size, samplesAlong)
    const given = (await session.run(image, 1))[markers.output]
    const edge = Math.sqrt((given?.length ?? 0) / markers.letters.length)
    if (given === undefined || edge < 1 || !Number.isInteger(edge))
      throw new Error(`markers.onnx of ${folder} does not answer a square map for each letter`)
    const chances = markers.letters.map((_, at) => given.subarray(at * edge * edge, (at + 1) * edge * edge))
    return peaksOf({ edge, chances }, markers.threshold).map((cell) => {
      const [first, second] = markers.letters
      return {
        letter: (chances[0]?.[cell] ?? 0) >= (chances[1]?.[cell] ?? 0) ? first : second,
        x: (((cell % edge) + 0.5) * (size / edge) - offsetX) * scale,
        y: ((Math.floor(cell / edge) + 0.5) * (size / edge) - offsetY) * scale,
      }
    })
  }
}

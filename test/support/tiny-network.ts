/** Bytes of a protocol buffer message: fields one after the other (https://protobuf.dev/programming-guides/encoding). */
type Field = Uint8Array

const varint = (value: number): number[] =>
  value < 128 ? [value] : [(value & 127) | 128, ...varint(Math.floor(value / 128))]

const whole = (field: number, value: number): Field =>
  Uint8Array.from([...varint(field * 8), ...varint(value)])

const block = (field: number, content: Uint8Array): Field =>
  Buffer.concat([Uint8Array.from([...varint(field * 8 + 2), ...varint(content.length)]), content])

const text = (field: number, value: string): Field => block(field, new TextEncoder().encode(value))
const message = (field: number, fields: readonly Field[]): Field => block(field, Buffer.concat(fields))

const [float, uint8] = [1, 2]
const [oneNumber, severalNumbers] = [2, 7]

/** A node; each attribute is a whole number, or a list of them. */
const node = (
  operator: string,
  inputs: readonly string[],
  output: string,
  attributes: Readonly<Record<string, number | readonly number[]>> = {},
): Field =>
  message(1, [
    ...inputs.map((name) => text(1, name)),
    text(2, output),
    text(4, operator),
    ...Object.entries(attributes).map(([name, value]) =>
      message(5, [
        text(1, name),
        ...(typeof value === 'number' ? [whole(3, value)] : value.map((entry) => whole(8, entry))),
        whole(20, typeof value === 'number' ? oneNumber : severalNumbers),
      ]),
    ),
  ])

const tensor = (name: string, rows: number, columns: number, values: Float32Array): Field =>
  message(5, [
    whole(1, rows),
    whole(1, columns),
    whole(2, float),
    text(8, name),
    block(9, new Uint8Array(values.buffer)),
  ])

const value = (field: number, name: string, type: number, shape: readonly (number | string)[]): Field =>
  message(field, [
    text(1, name),
    message(2, [
      message(1, [
        whole(1, type),
        message(
          2,
          shape.map((size) => message(1, [typeof size === 'number' ? whole(1, size) : text(2, size)])),
        ),
      ]),
    ]),
  ])

/** What may be wrong with the network: an output of another width, one that is infinite, one that sees the batch. */
export type NetworkFault = 'wide' | 'infinite' | 'neighbours'

/** Width of each output of a classifier. */
const outputs = { logits: 3, embedding: 16, t_score: 1 } as const

export type TinyNetwork = {
  readonly fault?: NetworkFault | undefined
  /** Places of a heat map; there is none without them. */
  readonly heatPlaces?: number | undefined
}

/** Weights of an output, pixels × width. */
const weightsFor = (pixels: number, width: number): Float32Array =>
  Float32Array.from({ length: pixels * width }, (_, at) => ((at * 7919) % 13) / (13 * pixels))

/** What the smallest classifier says of an image, by arithmetic of our own. */
export const tinyReading = (image: Uint8Array): Readonly<Record<keyof typeof outputs, readonly number[]>> => {
  const product = (width: number): number[] => {
    const weights = weightsFor(image.length, width)
    return Array.from({ length: width }, (_, column) =>
      image.reduce((sum, value, row) => sum + value * (weights[row * width + column] ?? 0), 0),
    )
  }
  return { logits: product(3), embedding: product(16), t_score: product(1) }
}

/** The smallest classifier: each output is a matrix times the pixels of an image of `size` × `size`. */
export const tinyNetwork = (size: number, { fault, heatPlaces }: TinyNetwork = {}): Uint8Array => {
  const pixels = size * size
  const named = heatPlaces === undefined ? outputs : { ...outputs, heat: heatPlaces }
  const widths = Object.entries(named).map(
    ([name, width]) => [name, fault === 'wide' && name === 'logits' ? width + 1 : width] as const,
  )
  const infinite = (width: number): Float32Array => new Float32Array(pixels * width).fill(3e38)
  const graph = [
    node('Cast', ['image'], 'grey', { to: float }),
    node('Flatten', ['grey'], 'own', { axis: 1 }),
    node('ReduceMean', ['own'], 'mean', { axes: [0], keepdims: 1 }),
    node('Sub', ['own', 'mean'], 'beside'),
    ...widths.map(([name]) =>
      node('MatMul', [fault === 'neighbours' ? 'beside' : 'own', `${name}_weights`], name),
    ),
    text(2, 'tiny'),
    ...widths.map(([name, width]) =>
      tensor(
        `${name}_weights`,
        pixels,
        width,
        fault === 'infinite' ? infinite(width) : weightsFor(pixels, width),
      ),
    ),
    value(11, 'image', uint8, ['n', 1, size, size]),
    ...widths.map(([name, width]) => value(12, name, float, ['n', width])),
  ]
  return Buffer.concat([whole(1, 8), message(7, graph), message(8, [whole(2, 13)])])
}

/** Thickness of bone along the beam, on a grid of rows × columns; distances in centimetres. */
export type ThicknessMap = {
  readonly rows: number
  readonly columns: number
  /** Centimetres for each pixel. */
  readonly pixelCm: number
  readonly bone: Float32Array
  /** Smooth structure that runs through cancellous bone, about −1 to 1. */
  readonly structure: (x: number, y: number) => number
}

export type Point = { readonly x: number; readonly y: number }

/** A bone with a compact shell and cancellous bone inside; `fill` is the share of compact bone in it. */
export type Substance = { readonly shell: number; readonly fill: number; readonly texture: number }

export type Capsule = Substance & {
  readonly from: Point
  readonly to: Point
  readonly fromRadius: number
  readonly toRadius: number
  /** How far the fill reaches from `from`, as a share of the length; beyond it lies the marrow canal. */
  readonly fillReach: number
}

export type Ellipsoid = Substance & {
  readonly centre: Point
  readonly radiusX: number
  readonly radiusY: number
  /** Half its depth along the beam. */
  readonly radiusZ: number
  /** Radians. */
  readonly angle: number
}

const chord = (radius: number, distance: number): number =>
  distance >= radius ? 0 : 2 * Math.sqrt(radius * radius - distance * distance)

type Bounds = { left: number; top: number; right: number; bottom: number }

/** Calls `visit` for the pixels of a rectangle given in centimetres. */
const visitPixels = (
  map: ThicknessMap,
  bounds: Bounds,
  visit: (index: number, x: number, y: number) => void,
): void => {
  const { rows, columns, pixelCm } = map
  const firstRow = Math.max(0, Math.floor(bounds.top / pixelCm))
  const lastRow = Math.min(rows - 1, Math.ceil(bounds.bottom / pixelCm))
  const firstColumn = Math.max(0, Math.floor(bounds.left / pixelCm))
  const lastColumn = Math.min(columns - 1, Math.ceil(bounds.right / pixelCm))
  for (let row = firstRow; row <= lastRow; row += 1)
    for (let column = firstColumn; column <= lastColumn; column += 1)
      visit(row * columns + column, (column + 0.5) * pixelCm, (row + 0.5) * pixelCm)
}

/** Compact bone along a ray that crosses `whole` of the shape and `inner` of its inside. */
const boneAlong = (
  map: ThicknessMap,
  substance: Substance,
  whole: number,
  inner: number,
  fill: number,
  x: number,
  y: number,
): number => {
  const structure = substance.texture === 0 ? 0 : substance.texture * map.structure(x, y)
  return whole - inner + inner * fill * (1 + structure)
}

/** Adds a tapered tube. */
export const addCapsule = (map: ThicknessMap, capsule: Capsule): void => {
  const { from, to, fromRadius, toRadius } = capsule
  const reach = Math.max(fromRadius, toRadius)
  const [dx, dy] = [to.x - from.x, to.y - from.y]
  const length2 = dx * dx + dy * dy
  const bounds = {
    left: Math.min(from.x, to.x) - reach,
    right: Math.max(from.x, to.x) + reach,
    top: Math.min(from.y, to.y) - reach,
    bottom: Math.max(from.y, to.y) + reach,
  }
  visitPixels(map, bounds, (index, x, y) => {
    const along = ((x - from.x) * dx + (y - from.y) * dy) / length2
    const t = along < 0 ? 0 : along > 1 ? 1 : along
    const distance = Math.hypot(x - from.x - t * dx, y - from.y - t * dy)
    const radius = fromRadius + t * (toRadius - fromRadius)
    const whole = chord(radius, distance)
    if (whole === 0) return
    const inner = chord(Math.max(0, radius - capsule.shell), distance)
    const fill = t < capsule.fillReach ? capsule.fill * (1 - t / capsule.fillReach) : 0
    map.bone[index] = Math.max(map.bone[index] ?? 0, boneAlong(map, capsule, whole, inner, fill, x, y))
  })
}

/** Adds an ellipsoid; `overlap` lies in front of or behind what is there, otherwise it is one bone with it. */
export const addEllipsoid = (map: ThicknessMap, shape: Ellipsoid, overlap = false): void => {
  const { centre, radiusX, radiusY, radiusZ } = shape
  const reach = Math.max(radiusX, radiusY)
  const [cos, sin] = [Math.cos(shape.angle), Math.sin(shape.angle)]
  const inside = 1 - shape.shell / Math.min(radiusX, radiusY, radiusZ)
  const bounds = {
    left: centre.x - reach,
    right: centre.x + reach,
    top: centre.y - reach,
    bottom: centre.y + reach,
  }
  visitPixels(map, bounds, (index, x, y) => {
    const u = ((x - centre.x) * cos + (y - centre.y) * sin) / radiusX
    const v = ((y - centre.y) * cos - (x - centre.x) * sin) / radiusY
    const r = Math.hypot(u, v)
    const whole = radiusZ * chord(1, r)
    if (whole === 0) return
    const inner = radiusZ * chord(Math.max(0, inside), r)
    const added = boneAlong(map, shape, whole, inner, shape.fill, x, y)
    map.bone[index] = overlap ? (map.bone[index] ?? 0) + added : Math.max(map.bone[index] ?? 0, added)
  })
}

import { encodePng } from '../codecs/sharp-codec.ts'

/** A grey picture of 8 bits a pixel. */
export type Tile = { readonly rows: number; readonly columns: number; readonly pixels: Uint8Array }

/** Pixels between tiles, and their grey. */
const gap = 4
const gapGrey = 64

/** Lays tiles out in rows of `columns`, each in a cell of the largest tile's size, and answers the sheet as PNG. */
export const renderContactSheet = (tiles: readonly Tile[], columns: number): Promise<Uint8Array> => {
  const across = Math.max(1, Math.min(columns, tiles.length))
  const down = Math.max(1, Math.ceil(tiles.length / across))
  const cellWidth = Math.max(1, ...tiles.map((tile) => tile.columns)) + gap
  const cellHeight = Math.max(1, ...tiles.map((tile) => tile.rows)) + gap
  const sheet = { rows: down * cellHeight + gap, columns: across * cellWidth + gap }
  const values = new Uint16Array(sheet.rows * sheet.columns).fill(gapGrey)
  for (const [index, tile] of tiles.entries()) {
    const top = gap + Math.floor(index / across) * cellHeight
    const left = gap + (index % across) * cellWidth
    for (let row = 0; row < tile.rows; row += 1)
      values.set(
        tile.pixels.subarray(row * tile.columns, (row + 1) * tile.columns),
        (top + row) * sheet.columns + left,
      )
  }
  return encodePng({ ...sheet, values }, 8)
}

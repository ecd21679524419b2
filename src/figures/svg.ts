/** Colours that colour-blind readers tell apart (Okabe & Ito 2008), and the greys of axes and notes. */
export const colours = {
  ours: '#0072B2',
  naive: '#D55E00',
  third: '#009E73',
  ink: '#222222',
  quiet: '#6b6b6b',
  rule: '#d9d9d9',
} as const

/** Text as SVG and HTML take it. */
export const escapeText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

const place = (value: number): string => (Math.round(value * 10) / 10).toString()

/** Text at a point; anchor start, middle or end. */
export const label = (
  x: number,
  y: number,
  text: string,
  options: {
    readonly anchor?: 'start' | 'middle' | 'end'
    readonly size?: number
    readonly fill?: string
    readonly bold?: boolean
  } = {},
): string => {
  const { anchor = 'start', size = 13, fill = colours.ink, bold = false } = options
  const weight = bold ? ' font-weight="600"' : ''
  return `<text x="${place(x)}" y="${place(y)}" text-anchor="${anchor}" font-size="${size}" fill="${fill}"${weight}>${escapeText(text)}</text>`
}

/** A straight line. */
export const line = (
  x1: number,
  y1: number,
  x2: number,
  y2: number,
  options: { readonly stroke?: string; readonly width?: number; readonly dash?: string } = {},
): string => {
  const { stroke = colours.rule, width = 1, dash } = options
  const dashed = dash ? ` stroke-dasharray="${dash}"` : ''
  return `<line x1="${place(x1)}" y1="${place(y1)}" x2="${place(x2)}" y2="${place(y2)}" stroke="${stroke}" stroke-width="${width}"${dashed}/>`
}

/** A filled dot. */
export const dot = (x: number, y: number, fill: string, radius = 5): string =>
  `<circle cx="${place(x)}" cy="${place(y)}" r="${radius}" fill="${fill}"/>`

/** A filled rectangle. */
export const bar = (x: number, y: number, width: number, height: number, fill: string): string =>
  `<rect x="${place(x)}" y="${place(y)}" width="${place(Math.max(0, width))}" height="${place(height)}" fill="${fill}"/>`

/** A line through points, or a filled area where `area` is set. */
export const path = (
  points: readonly (readonly [number, number])[],
  options: {
    readonly stroke?: string
    readonly width?: number
    readonly area?: string
    readonly dash?: string
  },
): string => {
  const d = points.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${place(x)} ${place(y)}`).join('')
  const { stroke = 'none', width = 2, area = 'none', dash } = options
  const dashed = dash ? ` stroke-dasharray="${dash}"` : ''
  return `<path d="${d}" fill="${area}" stroke="${stroke}" stroke-width="${width}" stroke-linejoin="round"${dashed}/>`
}

/** Maps values from [low, high] to pixels from..to. */
export const scale =
  (low: number, high: number, from: number, to: number) =>
  (value: number): number =>
    from + ((value - low) / (high - low)) * (to - from)

/** A whole picture: white ground, title, one line beneath it, and the drawing. */
export const picture = (options: {
  readonly width: number
  readonly height: number
  readonly title: string
  readonly note: string
  readonly body: readonly string[]
}): string => {
  const { width, height, title, note, body } = options
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="Inter, 'Helvetica Neue', Arial, 'DejaVu Sans', sans-serif" role="img">`,
    `<title>${escapeText(title)}</title>`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    label(24, 34, title, { size: 18, bold: true }),
    label(24, 56, note, { fill: colours.quiet }),
    ...body,
    '</svg>',
    '',
  ].join('\n')
}

/** Legend entries in a row: a dot and a word each. */
export const legend = (
  x: number,
  y: number,
  entries: readonly { readonly name: string; readonly fill: string }[],
): string[] => {
  let at = x
  return entries.flatMap(({ name, fill }) => {
    const start = at
    at += 34 + name.length * 7.3
    return [dot(start, y - 4, fill), label(start + 11, y, name)]
  })
}

import { readFileSync } from 'node:fs'
import { createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { type Drawing, textAt } from './elements.ts'

/** The look of all figures; pages link the same file. */
export const figureStyle: string = readFileSync(new URL('./figures.css', import.meta.url), 'utf8')

const header = 62
const footerLine = 17

/**
 * A figure as a file of its own: ground, title, caption, and lines at its foot that say where it comes from, so that it
 * can be passed on without its page.
 */
export const standaloneSvg = (options: {
  readonly title: string
  readonly subtitle: string
  readonly foot: readonly string[]
  readonly drawing: Drawing
}): string => {
  const { title, subtitle, foot, drawing } = options
  const [innerWidth, innerHeight] = [Number(drawing.props.width), Number(drawing.props.height)]
  const width = innerWidth + 48
  const height = innerHeight + header + foot.length * footerLine + 28
  const inner = createElement(
    'svg',
    { x: 24, y: header, width: innerWidth, height: innerHeight },
    drawing.props.children,
  )
  const markup = renderToStaticMarkup(
    createElement(
      'svg',
      {
        xmlns: 'http://www.w3.org/2000/svg',
        className: 'figure',
        viewBox: `0 0 ${width} ${height}`,
        width,
        height,
        role: 'img',
      },
      createElement('style', null, figureStyle),
      createElement('rect', { width, height, className: 'ground' }),
      textAt(24, 32, title, { className: 'title' }),
      textAt(24, 52, subtitle, { className: 'quiet' }),
      inner,
      ...foot.map((line, at) =>
        textAt(24, header + innerHeight + 22 + at * footerLine, line, { className: 'quiet small' }),
      ),
    ),
  )
  return `${markup}\n`
}

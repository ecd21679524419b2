import type { Heat } from '../../inference/film-tasks.ts'

const colour = '#E69F00'
/** The largest value of a map covers the film by this much, so that bone can be seen beneath it. */
const mostOpaque = 0.75

/**
 * Squares over a region, one for each place of the map, the stronger the more of the map's largest value. They are not
 * smoothed: the network knows no finer place.
 */
export const heatOverlay = ({ edge, values }: Heat): string => {
  const largest = Math.max(...values)
  const squares = values.flatMap((value, at) => {
    const opacity = largest === 0 ? 0 : (mostOpaque * value) / largest
    if (opacity < 0.01) return []
    const place = `x="${at % edge}" y="${Math.floor(at / edge)}"`
    return [`<rect ${place} width="1" height="1" fill-opacity="${opacity.toFixed(2)}"/>`]
  })
  return `<svg class="heat" viewBox="0 0 ${edge} ${edge}" fill="${colour}" shape-rendering="crispEdges" role="img" aria-label="where the network looked">${squares.join('')}</svg>`
}

/** What the squares say and what they do not. */
export const heatText = `<p>The second picture of each region shows where the network looked: attention that its places received, in orange, relative to
the largest of the region. <b>Attention is no explanation.</b> It says from where values were passed on, not what made the call; a map of
a right call may look like that of a wrong one, and other calls can come of the same map (Jain &amp; Wallace 2019). What can be read
from it is whether the network looks beside the bone.</p>`

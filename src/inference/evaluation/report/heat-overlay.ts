import type { Heat } from '../../workers/film-tasks.ts'

const colour = '#E69F00'
/** What covers the film most, so that bone can be seen beneath it. */
const mostOpaque = 0.75
/** Times the mean of the map at which a square is as opaque as it gets. */
const fullAt = 4

/**
 * Squares over a region where the map lies above its mean, by how many times: a map that is even shows nothing, and the
 * same shade means the same on every region. They are not smoothed: the network knows no finer place.
 */
export const heatOverlay = ({ edge, values }: Heat): string => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const squares = values.flatMap((value, at) => {
    const share = mean === 0 ? 0 : Math.min(1, (value / mean - 1) / (fullAt - 1))
    if (share < 0.01) return []
    const place = `x="${at % edge}" y="${Math.floor(at / edge)}"`
    return [`<rect ${place} width="1" height="1" fill-opacity="${(mostOpaque * share).toFixed(2)}"/>`]
  })
  return `<svg class="heat" viewBox="0 0 ${edge} ${edge}" fill="${colour}" shape-rendering="crispEdges" role="img" aria-label="where the network looked">${squares.join('')}</svg>`
}

/** What the squares say and what they do not. */
export const heatText = `<p>The second picture of each region shows where the network looked: places that received more
attention than if it were spread evenly, in orange, full at ${fullAt} times as much. <b>Attention is no explanation.</b> It says from where values were passed on, not what made the call; a map of
a right call may look like that of a wrong one, and other calls can come of the same map (Jain &amp; Wallace 2019). What can be read
from it is whether the network looks beside the bone.</p>`

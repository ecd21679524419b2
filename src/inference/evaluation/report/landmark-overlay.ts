import { type Landmarks, landmarkNames } from '../../../contracts/verdict.ts'

const colour = '#56B4E9'
const place = (value: number): string => (100 * value).toFixed(1)

/** The landmarks of a hip over its region: fainter where the finder is less sure; the head as a circle. */
export const landmarkOverlay = (landmarks: Landmarks): string => {
  const dots = landmarkNames.map((name) => {
    const { x, y, confidence } = landmarks[name]
    return `<circle cx="${place(x)}" cy="${place(y)}" r="1.6" fill="${colour}" fill-opacity="${confidence.toFixed(2)}"><title>${name}</title></circle>`
  })
  const { head, headRadius } = landmarks
  const ring = `<circle cx="${place(head.x)}" cy="${place(head.y)}" r="${place(headRadius)}" fill="none" stroke="${colour}" stroke-width="0.7"/>`
  return `<svg class="landmarks" viewBox="0 0 100 100" role="img" aria-label="landmarks of the femur">${ring}${dots.join('')}</svg>`
}

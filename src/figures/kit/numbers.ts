const digits = (places: number): Intl.NumberFormat =>
  new Intl.NumberFormat('en-GB', { minimumFractionDigits: places, maximumFractionDigits: places })
const one = digits(1)
const none = digits(0)

/** 0.179 as `17.9 %`, with a space that does not break. */
export const shareText = (share: number): string => `${one.format(100 * share)}\u00a0%`

/** Limits of a share: `16.4 to 19.5 %`. */
export const limitsText = (low: number, high: number): string =>
  `${one.format(100 * low)} to ${one.format(100 * high)}\u00a0%`

/** A difference of shares in percentage points with its sign: `+2.1`, `−0.4`. */
export const pointsText = (difference: number): string => {
  const points = Math.round(1000 * difference) / 10
  return `${points > 0 ? '+' : points < 0 ? '−' : ''}${one.format(Math.abs(points))}`
}

/** A whole number with its thousands apart. */
export const countText = (count: number): string => none.format(count)

const monthNames = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `2026-10` as `Oct`, with its year where asked or in January. */
export const monthText = (month: string, withYear: boolean): string => {
  const name = monthNames[Number(month.slice(5, 7)) - 1] ?? month
  return withYear || name === 'Jan' ? `${name} ${month.slice(2, 4)}` : name
}

/**
 * Elementary functions from sums, products and square roots alone. The language leaves the last digits of
 * Math.exp, Math.log and Math.sin to the machine; these give the same bits everywhere, so films do too.
 */

/** π to the nearest double. */
export const pi = 3.141592653589793
const ln2 = 0.6931471805599453

/** e to the power of x, for |x| < 700. */
export const exponential = (x: number): number => {
  const halvings = Math.round(x / ln2)
  const rest = x - halvings * ln2
  let term = 1
  let sum = 1
  for (let n = 1; n < 18; n += 1) {
    term *= rest / n
    sum += term
  }
  const step = halvings < 0 ? 0.5 : 2
  for (let n = Math.abs(halvings); n > 0; n -= 1) sum *= step
  return sum
}

/** Natural logarithm of a positive number. */
export const logarithm = (x: number): number => {
  let mantissa = x
  let exponent = 0
  for (; mantissa >= 1.5; exponent += 1) mantissa /= 2
  for (; mantissa < 0.75; exponent -= 1) mantissa *= 2
  // ln m = 2 artanh((m − 1)/(m + 1)), and |z| ≤ 0.2 here.
  const z = (mantissa - 1) / (mantissa + 1)
  let power = z
  let sum = 0
  for (let n = 1; n < 26; n += 2) {
    sum += power / n
    power *= z * z
  }
  return 2 * sum + exponent * ln2
}

/** A non-negative number to a power. */
export const powerOf = (base: number, exponent: number): number =>
  base <= 0 ? 0 : exponential(exponent * logarithm(base))

/** Sine of an angle in radians. */
export const sine = (angle: number): number => {
  const turns = Math.round(angle / (2 * pi))
  let x = angle - turns * 2 * pi
  // Folded into ±π/2, where the series is short.
  if (x > pi / 2) x = pi - x
  if (x < -pi / 2) x = -pi - x
  let term = x
  let sum = x
  for (let n = 2; n < 22; n += 2) {
    term *= (-x * x) / (n * (n + 1))
    sum += term
  }
  return sum
}

/** Cosine of an angle in radians. */
export const cosine = (angle: number): number => sine(angle + pi / 2)

/** Degrees in radians. */
export const radians = (degrees: number): number => (degrees * pi) / 180

/** Logistic function, 0 to 1. */
export const logistic = (x: number): number => 1 / (1 + exponential(-Math.max(-40, Math.min(40, x))))

/** Values of a function at `steps` + 1 even places from `low` to `high`, for reading between them. */
export const tabulate = (
  low: number,
  high: number,
  steps: number,
  valueAt: (x: number) => number,
): Float32Array =>
  Float32Array.from({ length: steps + 2 }, (_, index) => valueAt(low + (index * (high - low)) / steps))

/** One whole turn of the cosine in 1024 steps. */
const cosineTable = tabulate(0, 2 * pi, 1024, cosine)

/** Cosine of a phase counted in turns, to 1/1024 of a turn. */
export const cosineOfTurns = (turns: number): number => cosineTable[(((turns % 1) + 1) * 1024) & 1023] ?? 0

export * from './answer.ts'
export * from './interval.ts'
export * from './proportions.ts'
export * from './random.ts'

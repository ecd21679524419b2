import { z } from 'zod'

/** The ways on which films travel: live ones, and those of an archive, which are screened with what live ones leave. */
export const lanes = ['live', 'backfill'] as const
export const filmLaneSchema = z.enum(lanes)
export type FilmLane = z.infer<typeof filmLaneSchema>

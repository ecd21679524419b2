import { z } from 'zod'
import { siteIdSchema } from '../../contracts/identifiers.ts'

/** Who looks: an authority sees figures, a clinic its own films, a model owner models, an operator the flow. */
export const roles = ['authority', 'clinic', 'model-owner', 'operator'] as const
export const roleSchema = z.enum(roles)
export type Role = z.infer<typeof roleSchema>

/** What a signed-in person may see; nothing in it names a person. */
export const viewerSchema = z.object({
  who: z.string().min(1).max(120),
  roles: z.array(roleSchema).min(1),
  /** Regions whose figures are theirs; absent: all. */
  regions: z.array(z.string().max(60)).optional(),
  /** The clinics of the role `clinic`. */
  clinics: z.array(siteIdSchema),
})
export type Viewer = z.infer<typeof viewerSchema>

/** Whether a viewer has one of these roles. */
export const hasRole = (viewer: Viewer, ...wanted: readonly Role[]): boolean =>
  viewer.roles.some((role) => wanted.includes(role))

/** Whether a viewer may see the films of a clinic: its own, or any as an operator. */
export const seesClinic = (viewer: Viewer, siteId: string): boolean =>
  hasRole(viewer, 'operator') || (hasRole(viewer, 'clinic') && viewer.clinics.includes(siteId))

/** Whether the figures of a region are within a viewer's scope. */
export const seesRegion = (viewer: Viewer, region: string): boolean =>
  hasRole(viewer, 'authority') && (viewer.regions === undefined || viewer.regions.includes(region))

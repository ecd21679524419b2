import type { Site } from './site.ts'

/** A clinic by its latest entry of the registry. */
export type RegisteredClinic = Pick<Site, 'siteId' | 'name' | 'region' | 'domain'>

/** Reads the clinics of the registry. */
export type RegisteredClinicReader = () => Promise<readonly RegisteredClinic[]>

import type { Announcement } from './announcement.ts'
import type { FigureDomain } from './prevalence-figures.ts'
import type { ReportWindow } from './report.ts'

/** Films of a clinic in a window by what made them, as the films themselves say. */
export type DeviceCount = {
  readonly windowStart: string
  readonly siteId: string
  readonly region: string
  readonly domain: FigureDomain
  readonly maker: string
  readonly detector: string
  readonly softwareVersion: string
  readonly films: number
}

/** What a clinic has announced, as far as it is a witness. */
export type AnnouncedChange = Pick<Announcement, 'siteId' | 'change' | 'from'>

/** What stands around the figures of a window: devices, and what clinics have announced. */
export type CircumstanceReader = {
  readonly readDevices: (windows: readonly ReportWindow[]) => Promise<readonly DeviceCount[]>
  readonly readAnnouncements: () => Promise<readonly AnnouncedChange[]>
}

import { createHash, randomUUID } from 'node:crypto'
import { EncryptJWT, errors, jwtDecrypt } from 'jose'
import { z } from 'zod'
import { type Viewer, viewerSchema } from './viewer.ts'

/** Minutes for which a sign-in link can be used, once. */
export const linkMinutes = 10
/** A session ends after this time without a request, and after the other whatever happens. */
export const idleMinutes = 30
export const sessionHours = 8

const claimsSchema = z.object({ viewer: viewerSchema, jti: z.uuid(), iat: z.number(), began: z.number() })
export type Session = z.infer<typeof claimsSchema>

type TicketKind = 'link' | 'session'

/** Links and sessions of one key: each kind is encrypted for its own use, and one never passes for the other. */
const keyFor = (secret: Uint8Array, kind: TicketKind): Uint8Array =>
  createHash('sha256').update(`osteostream dashboard ${kind}`).update(secret).digest()

const seconds = (date: Date): number => Math.floor(date.getTime() / 1000)

/** Writes and reads what stands in sign-in links and in the session cookie; both are encrypted and end by themselves. */
export const createTickets = (secret: Uint8Array, now: () => Date) => {
  const seal = (kind: TicketKind, viewer: Viewer, began: number, lifeSeconds: number): Promise<string> =>
    new EncryptJWT({ viewer, began })
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
      .setJti(randomUUID())
      .setIssuedAt(seconds(now()))
      .setExpirationTime(seconds(now()) + lifeSeconds)
      .setAudience(kind)
      .encrypt(keyFor(secret, kind))
  const open = async (kind: TicketKind, text: string): Promise<Session | undefined> => {
    try {
      const { payload } = await jwtDecrypt(text, keyFor(secret, kind), {
        audience: kind,
        currentDate: now(),
        keyManagementAlgorithms: ['dir'],
        contentEncryptionAlgorithms: ['A256GCM'],
      })
      return claimsSchema.safeParse(payload).data
    } catch (error) {
      // Forged, expired or of another kind: whoever sends it is told only that it does not hold.
      if (error instanceof errors.JOSEError) return undefined
      throw error
    }
  }
  return {
    link: (viewer: Viewer): Promise<string> => seal('link', viewer, seconds(now()), linkMinutes * 60),
    openLink: (text: string): Promise<Session | undefined> => open('link', text),
    session: (viewer: Viewer, began = seconds(now())): Promise<string> =>
      seal('session', viewer, began, idleMinutes * 60),
    openSession: async (text: string): Promise<Session | undefined> => {
      const session = await open('session', text)
      const isOver = session !== undefined && seconds(now()) - session.began > sessionHours * 3600
      return isOver ? undefined : session
    },
  }
}
export type Tickets = ReturnType<typeof createTickets>

/** Lets each link in once, and none that was made before this process: it does not know which of those were used. */
export const createLinkGate = (tickets: Tickets, startedAt: Date) => {
  const used = new Set<string>()
  return async (text: string): Promise<Viewer | undefined> => {
    const link = await tickets.openLink(text)
    if (link === undefined || used.has(link.jti) || link.iat < seconds(startedAt)) return undefined
    used.add(link.jti)
    return link.viewer
  }
}
export type LinkGate = ReturnType<typeof createLinkGate>

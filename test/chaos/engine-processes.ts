import { type ChildProcess, spawn } from 'node:child_process'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { z } from 'zod'

export type RoleName = 'screen' | 'sink'

/** A line that a process of the engine logs. */
export type LogLine = { readonly msg: string } & Readonly<Record<string, unknown>>

const lineSchema = z.looseObject({ msg: z.string() })
const root = resolve(import.meta.dirname, '..', '..')
const linesKept = 20
const longestEndMs = 35_000

type Member = {
  readonly name: string
  readonly role: RoleName
  readonly child: ChildProcess
  readonly exited: Promise<void>
  readonly tail: string[]
  /** Its end is ours: killed or asked to end. */
  isCondemned: boolean
  isFrozen: boolean
}

/** An end that should not have been: nobody asked for it, or the process ended badly when it was asked to. */
export type BadEnd = {
  readonly name: string
  /** How it came to it. */
  readonly how: 'unasked' | 'when asked to'
  readonly code: number | null
  readonly tail: readonly string[]
}

export type EngineProcessesOptions = {
  readonly dataDir: string
  readonly environment: Readonly<Record<string, string>>
  readonly onLine: (member: string, role: RoleName, line: LogLine) => void
  /** A member that can own nothing from now on. */
  readonly onGone: (member: string, role: RoleName) => void
}

/**
 * Keeps the wanted number of processes of each role up, as a cluster's scheduler does: one that ends is replaced at
 * once; and does to them what the faults want.
 */
export const createEngineProcesses = (options: EngineProcessesOptions) => {
  const members = new Set<Member>()
  const wanted: Record<RoleName, number> = { screen: 0, sink: 0 }
  const badEnds: BadEnd[] = []
  let started = 0
  let isStopping = false

  // Whoever runs this may be ended itself: nothing that it started may stay behind.
  const killAll = (): void => {
    for (const { child } of members) child.kill('SIGKILL')
  }
  const leave = (): void => process.exit(1)
  process.on('exit', killAll)
  process.once('SIGTERM', leave)
  process.once('SIGINT', leave)

  const startOne = (role: RoleName): void => {
    started += 1
    const name = `${role}-${started}`
    const child = spawn(process.execPath, ['src/cli/main.ts', role, '--data-dir', options.dataDir], {
      cwd: root,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, ...options.environment },
    })
    const exited = new Promise<void>((done) => child.on('close', () => done()))
    const member: Member = { name, role, child, exited, tail: [], isCondemned: false, isFrozen: false }
    members.add(member)
    createInterface({ input: child.stderr }).on('line', (text) => {
      member.tail.push(text)
      if (member.tail.length > linesKept) member.tail.shift()
      const parsed = text.startsWith('{') ? lineSchema.safeParse(JSON.parse(text)) : undefined
      if (parsed?.success) options.onLine(name, role, parsed.data)
    })
    child.on('exit', (code) => {
      members.delete(member)
      options.onGone(name, role)
      if (!member.isCondemned) badEnds.push({ name, how: 'unasked', code, tail: member.tail })
      keepUp(role)
    })
  }
  const ofRole = (role: RoleName): Member[] =>
    [...members].filter((member) => member.role === role && !member.isCondemned)
  const keepUp = (role: RoleName): void => {
    while (!isStopping && ofRole(role).length < wanted[role]) startOne(role)
  }
  const victimOf = (role: RoleName, draw: number): Member | undefined => {
    const all = ofRole(role)
    return all[Math.floor(draw * all.length)]
  }
  const end = (member: Member | undefined, signal: NodeJS.Signals): Promise<void> => {
    if (member === undefined) return Promise.resolve()
    member.isCondemned = true
    member.child.kill(signal)
    if (member.isFrozen) member.child.kill('SIGCONT')
    // Longer than the grace period: whoever is still there then ignored it.
    const timer = setTimeout(() => member.child.kill('SIGKILL'), longestEndMs)
    return member.exited.finally(() => clearTimeout(timer))
  }
  const endAsAsked = async (member: Member | undefined): Promise<void> => {
    if (member === undefined) return
    await end(member, 'SIGTERM')
    const { name, child, tail } = member
    if (child.exitCode !== 0) badEnds.push({ name, how: 'when asked to', code: child.exitCode, tail })
  }
  return {
    badEnds,
    scale: (role: RoleName, count: number): void => {
      wanted[role] = count
      keepUp(role)
    },
    wanted: (role: RoleName): number => wanted[role],
    kill: (role: RoleName, draw: number): Promise<void> => end(victimOf(role, draw), 'SIGKILL'),
    /** Asks one to end and wants one fewer. */
    remove: async (role: RoleName, draw: number): Promise<void> => {
      wanted[role] -= 1
      await endAsAsked(victimOf(role, draw))
    },
    /** Stops one in its tracks; the answer lets it go on. */
    freeze: (role: RoleName, draw: number): (() => void) => {
      const member = victimOf(role, draw)
      if (member === undefined) return () => {}
      member.isFrozen = true
      member.child.kill('SIGSTOP')
      options.onGone(member.name, role)
      return () => {
        member.isFrozen = false
        member.child.kill('SIGCONT')
      }
    },
    /** Ends all as an operator does. */
    stop: async (): Promise<void> => {
      isStopping = true
      await Promise.all([...members].map(endAsAsked))
      process.off('exit', killAll)
      process.off('SIGTERM', leave)
      process.off('SIGINT', leave)
    },
  }
}
export type EngineProcesses = ReturnType<typeof createEngineProcesses>

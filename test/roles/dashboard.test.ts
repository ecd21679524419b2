import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { z } from 'zod'
import { complaintsOf, noBrowser, openBrowser } from '../support/browser.ts'
import { runCommand } from '../support/run-command.ts'
import { writeSimulatedFilms } from '../support/simulated-folder.ts'
import { startUp } from '../support/start-up.ts'
import { tempDir } from '../support/temp-dir.ts'
import { undoAfter } from '../support/undo.ts'
import { waitFor } from '../support/wait-for.ts'

const root = resolve(import.meta.dirname, '..', '..')
const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
const pages = [
  '/',
  '/regions',
  '/change',
  '/performance',
  '/alarms',
  '/films',
  '/models',
  '/about',
  '/how',
] as const
const films = 4

const violationsSchema = z.object({
  violations: z.array(z.object({ id: z.string(), nodes: z.array(z.object({ html: z.string() })) })),
})

/** What axe finds wrong with a page, by rule and element. */
const violationsOf = async (page: Page): Promise<readonly string[]> => {
  const found = violationsSchema.parse(await page.evaluate('axe.run(document)'))
  return found.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 120)}`))
}

describe('the pages over an engine', { skip: noBrowser, timeout: 480_000 }, () => {
  const undo = undoAfter({ after })
  let dataDir = ''
  let browser: Browser

  const link = async (...options: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await runCommand(['sign-in-link', '--data-dir', dataDir, ...options])
    assert.equal(code, 0, stderr)
    return stdout.trim()
  }

  /** Signs in by a link of the terminal; the pages are there once they are built. */
  const signIn = async (page: Page, ...options: readonly string[]): Promise<string> => {
    const address = await link(...options)
    await waitFor(
      'the pages to be built',
      async () => (await (await fetch(address)).text()).includes('/assets/'),
      120_000,
    )
    await page.goto(address)
    await page.waitForSelector('header nav', { timeout: 60_000 })
    return new URL(address).origin
  }

  before(async () => {
    const engine = await startUp(root, { OSTEOSTREAM_GATEWAY: 'off' })
    undo(engine.stop)
    dataDir = engine.dataDir
    const folder = join(await tempDir({ after: undo }), 'films')
    await writeSimulatedFilms(folder, films, 61)
    const sent = await runCommand(['ingest', folder, '--clinic', 'demo', '--data-dir', dataDir])
    assert.equal(sent.code, 0, sent.stderr)
    browser = await openBrowser(undo)
  })

  test('every page opens without a complaint, passes axe in light and dark, and fits a phone', async () => {
    const context = await browser.newContext({ bypassCSP: true })
    const page = await context.newPage()
    const origin = await signIn(page)
    const complaints = complaintsOf(page)
    for (const path of pages) {
      await page.setViewportSize({ width: 1280, height: 900 })
      await page.goto(origin + path)
      await page.waitForSelector('main h1', { timeout: 60_000 })
      await page.addScriptTag({ path: axe })
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme })
        assert.deepEqual(await violationsOf(page), [], `${path}, ${colorScheme}`)
      }
      await page.setViewportSize({ width: 360, height: 740 })
      const overflow = Number(await page.evaluate('document.documentElement.scrollWidth - innerWidth'))
      assert.ok(overflow <= 0, `${path} is ${overflow} pixels wider than a phone`)
    }
    assert.deepEqual(complaints, [])
    await context.close()
  })

  test('the figures of a page are those of the API and of the command line', async () => {
    const context = await browser.newContext()
    const page = await context.newPage()
    const origin = await signIn(page)
    const { ledger } = JSON.parse((await runCommand(['ledger', '--json', '--data-dir', dataDir])).stdout)
    assert.equal(ledger.received, films)
    await page.goto(`${origin}/films`)
    await page.waitForSelector('svg')
    await page
      .locator('svg text', { hasText: `${ledger.findings} read` })
      .first()
      .waitFor()
    assert.match((await page.textContent('main h1')) ?? '', /The ledger balances/)
    const answer = await page.evaluate("fetch('/api/v1/ledger').then((response) => response.json())")
    const { total } = z
      .object({ total: z.object({ received: z.number(), findings: z.number() }) })
      .parse(answer)
    assert.deepEqual([total.received, total.findings], [ledger.received, ledger.findings])
    await context.close()
  })

  test('the secret of a link leaves the address at once, and opens nothing a second time', async () => {
    const address = await link()
    const first = await (await browser.newContext()).newPage()
    await first.goto(address)
    await first.waitForSelector('header nav')
    assert.doesNotMatch(first.url(), /#/)
    const second = await (await browser.newContext()).newPage()
    await second.goto(address)
    await second.getByText('used already').waitFor()
  })

  test('with the keyboard alone one gets to the page, through the navigation and out', async () => {
    const page = await (await browser.newContext()).newPage()
    await signIn(page)
    await page.keyboard.press('Tab')
    assert.equal(await page.evaluate('document.activeElement.textContent'), 'Skip to the page')
    const reached: string[] = []
    while (reached.at(-1) !== 'Sign out' && reached.length < 20) {
      await page.keyboard.press('Tab')
      reached.push(String(await page.evaluate('document.activeElement.textContent')))
      const outline = await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')
      assert.notEqual(outline, 'none', `focus is visible on ${reached.at(-1)}`)
    }
    for (const name of ['Overview', 'Regions', 'Alarms', 'Films', 'Sign out'])
      assert.ok(
        reached.some((text) => text.startsWith(name)),
        name,
      )
  })

  test('a clinic opens its own page and is told that others are not its', async () => {
    const page = await (await browser.newContext()).newPage()
    const origin = await signIn(page, '--role', 'clinic', '--clinic', 'demo')
    await page.getByRole('heading', { level: 1, name: `${films} films arrived` }).waitFor()
    await page.goto(`${origin}/regions`)
    await page.getByText('not within what you may see').first().waitFor()
  })
})

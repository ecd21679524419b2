import { existsSync } from 'node:fs'
import { type Browser, chromium, type Page } from 'playwright-core'
import type { Undo } from './undo.ts'

const program = '/usr/bin/chromium'

/** Why a test with a browser cannot run here; false where it can. */
export const noBrowser: string | false =
  !existsSync(program) && `${program} is not installed (Debian's chromium): the pages are NOT checked`

/** A browser without a window. */
export const openBrowser = async (undo: Undo): Promise<Browser> => {
  const browser = await chromium.launch({
    executablePath: program,
    args: ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  })
  undo(() => browser.close())
  return browser
}

/** What a page complains of while it is open. */
export const complaintsOf = (page: Page): readonly string[] => {
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  return complaints
}

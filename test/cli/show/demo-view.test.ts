import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createDemoView, type DemoState } from '../../../src/cli/show/demo-view.ts'

const state: DemoState = {
  startedAt: performance.now(),
  sent: 60,
  planned: 60,
  isSent: true,
  isStopping: false,
  backlog: { unscreened: 0, unsunk: 0 },
  ledger: undefined,
  prevalence: [],
  reports: [],
  agreement: undefined,
  services: undefined,
  provider: 'cpu',
  failure: undefined,
  signIn: undefined,
}

const streamOf = (isTTY: boolean) => {
  const written: string[] = []
  return { isTTY, write: (text: string) => written.push(text), text: () => written.join('') }
}

/** What a terminal still shows, and what else was written; after the demo has shown itself once and ended. */
const run = (json: boolean, terminal: { screen: boolean; out: boolean }) => {
  const screen = streamOf(terminal.screen)
  const out = streamOf(terminal.out)
  const view = createDemoView(json, { screen, out })
  view.show(state)
  view.end(state)
  const count = (text: string): number => text.split('60/60 sent').length - 1
  return {
    screen: screen.text(),
    out: out.text(),
    shown: count(screen.text().split('\x1b[H').at(-1) ?? ''),
    count,
  }
}

describe('demo view', () => {
  test('the end goes to a file where the output goes there, and the terminal keeps its drawing', () => {
    const { out, shown, count } = run(false, { screen: true, out: false })
    assert.equal(count(out), 1)
    assert.ok(!out.includes('\x1b') && !out.includes('Ctrl-C'), out)
    assert.equal(shown, 1)
  })

  test('in a terminal the end takes the place of the drawing', () => {
    const { out, shown, count } = run(false, { screen: true, out: true })
    assert.deepEqual([count(out), shown], [1, 0])
  })

  test('with --json only the object goes out, and people read the end once', () => {
    for (const screen of [true, false])
      for (const isTTY of [true, false]) {
        const { out, shown, screen: text } = run(true, { screen, out: isTTY })
        assert.equal(out, '')
        assert.match(text, /no votes yet/)
        if (screen) assert.equal(shown, 1)
      }
  })
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Command } from 'commander'
import { buildProgram } from '../../src/cli/program.ts'

const hasFolder = (command: Command): boolean => command.options.some(({ long }) => long === '--data-dir')

/** Commands that run as they are and have commands below them, with these. */
const nested = buildProgram().commands.flatMap((parent) =>
  parent.commands
    .filter((child) => hasFolder(parent) && hasFolder(child))
    .map((child) => [parent.name(), child.name()] as const),
)

test('a command below another one that runs gets the folder that stands behind it', async () => {
  assert.ok(nested.length > 3, 'monitor and gateway have commands below them')
  for (const [parent, name] of nested) {
    const program = buildProgram()
    const child = program.commands
      .find((command) => command.name() === parent)
      ?.commands.find((command) => command.name() === name)
    assert.ok(child)
    // What a command must be given besides is not what is asked here.
    for (const option of child.options) option.mandatory = false
    let given: unknown
    child.action(() => {
      given = child.opts()['dataDir']
    })
    // Commands with arguments check them first; what comes behind an argument is read alike.
    if (child.registeredArguments.length > 0) continue
    await program.parseAsync(['node', 'osteostream', parent, name, '--data-dir', 'elsewhere'])
    assert.equal(given, 'elsewhere', `${parent} ${name}`)
  }
})

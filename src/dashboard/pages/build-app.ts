import { setPriority } from 'node:os'
import { resolve } from 'node:path'
import { build } from 'vite'

const [target] = process.argv.slice(2)
if (target === undefined) throw new Error('say where to: build-app.ts FOLDER')
setPriority(19)
await build({
  root: resolve(import.meta.dirname, '..', '..', '..', 'web'),
  configFile: false,
  logLevel: 'error',
  build: { outDir: resolve(target), emptyOutDir: true, assetsInlineLimit: 0, modulePreload: false },
})

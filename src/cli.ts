import { buildProgram } from './roles/program.ts'
import { reportFailure } from './roles/report-failure.ts'

try {
  await buildProgram().parseAsync()
} catch (error) {
  reportFailure(error)
}

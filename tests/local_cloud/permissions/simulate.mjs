// Reads simulations as JSON from standard input, writes their verdicts as JSON to standard output.
// The evaluator is a program of its own, under its own licence; nothing of it is part of this project.
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { pathToFileURL } from 'node:url'

const folder = process.argv[2]
const entry = join(folder, 'node_modules/@cloud-copilot/iam-simulate/dist/esm/index.js')
const { anonymousPrincipal, runSimulation } = await import(pathToFileURL(entry))

const verdicts = []
for (const simulation of JSON.parse(await text(process.stdin))) {
  simulation.request.principal ??= anonymousPrincipal
  const result = await runSimulation(simulation, {})
  verdicts.push(
    result.resultType === 'error'
      ? { error: result.errors }
      : { result: result.overallResult, ignored: result.result?.ignoredContextKeys ?? [] }
  )
}
process.stdout.write(JSON.stringify(verdicts))

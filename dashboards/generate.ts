// Writes every committed file of dashboards/ that comes from TypeScript: `npm run dashboards`. Running it again changes nothing.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { boardFile, boards } from './boards.ts'
import { provisioningFiles } from './tree/tree.ts'

for (const { path, text } of [...boards.map(boardFile), ...provisioningFiles()]) {
  const file = join(import.meta.dirname, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}

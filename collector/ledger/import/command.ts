import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { ExitError } from '../../../contract/exit.ts'
import { dayOf } from '../../calendar/day.ts'
import { loadSettings } from '../../config.ts'
import { openRemote } from '../../remote.ts'
import { mustHoldStore } from '../../store/directory.ts'
import { openStore } from '../../store/sqlite.ts'
import { defaultTemplates, type CheckTemplate } from '../checks.ts'
import { redraftChecks } from '../redraft.ts'
import { answerOf, answerText, ImportAnswer } from './answer.ts'
import { kindNamed, sheets, type SheetKind } from './columns.ts'
import type { Progress } from './import.ts'
import { importLimits } from './limits.ts'
import type { ImportFile } from './read-file.ts'
import { runImport } from './thread.ts'

export interface LedgerImportOptions {
  readonly kind?: string
  readonly dryRun?: boolean
  readonly skipBad?: boolean
  /** Directory of a collector that is not running, */
  readonly data?: string
  /** or its configuration, so that new devices get their checks at once, */
  readonly config?: string
  /** or a collector that runs, */
  readonly url?: string
  /** with the file of its admin secret. */
  readonly secretFile?: string
  readonly json?: boolean
}

/** `campus-gauge ledger import FILE`. Rejects with exit code 78 when there are bad rows, also when the good ones were imported. */
export const runLedgerImport = async (path: string, options: LedgerImportOptions): Promise<void> => {
  const file = { name: basename(path), bytes: readBytes(path), kind: kindOf(options.kind) }
  const answer =
    options.url === undefined ? await importHere(file, options) : await importThere(file, options.url, options)
  process.stdout.write(options.json === true ? `${JSON.stringify(answer)}\n` : `${answerText(answer)}\n`)
  if (answer.applied && options.url === undefined && options.config === undefined)
    process.stderr.write(
      '新设备的检测项在采集端下次启动时生成；采集端若正在运行，请重启，或改用 --url。Checks of new devices are made at the next start: restart a collector that is running, or use --url.\n'
    )
  if (answer.faults.total > 0)
    throw new ExitError('badConfiguration', `${file.name}: ${answer.faults.total} 处错误 faults, ${answer.bad} 行 rows`)
}

/** `campus-gauge ledger template --out FILE`. */
export const runLedgerTemplate = async (out: string): Promise<void> => {
  const { templateWorkbook } = await import('./template.ts')
  writeFileSync(out, await templateWorkbook())
  process.stderr.write(`${out}\n`)
}

const importHere = async (file: ImportFile, options: LedgerImportOptions): Promise<ImportAnswer> => {
  const settings = options.config === undefined ? undefined : loadSettings(options.config)
  const directory = settings?.data ?? options.data ?? './var/collector'
  // A slip in a path must not make a second ledger, and a dry run makes nothing at all. A configuration may come before the first start.
  if (settings === undefined || options.dryRun === true) mustHoldStore(directory)
  const store = await openStore(directory)
  try {
    const templates: readonly CheckTemplate[] | undefined =
      settings === undefined
        ? undefined
        : (settings.checks ?? defaultTemplates(settings.publicUrl ?? `http://${settings.host}:${settings.port}`))
    const report = await runImport(store, file, {
      dryRun: options.dryRun ?? false,
      skipBad: options.skipBad ?? false,
      nowMs: Date.now(),
      today: dayOf(Date.now()),
      ...(templates === undefined ? {} : { templates }),
      progress: showProgress
    })
    if (report.applied && templates !== undefined) await redraftChecks(store, templates, Date.now())
    return answerOf(report)
  } finally {
    await store.close()
  }
}

const importThere = (file: ImportFile, url: string, options: LedgerImportOptions): Promise<ImportAnswer> => {
  const remote = openRemote(url, { secretFile: options.secretFile, refused: 'badConfiguration' })
  const query = new URLSearchParams({
    name: file.name,
    ...(file.kind === undefined ? {} : { kind: file.kind }),
    dry_run: String(options.dryRun ?? false),
    skip_bad: String(options.skipBad ?? false)
  })
  return remote.ask(`/v1/ledger/import?${query.toString()}`, ImportAnswer, {
    contentType: 'application/octet-stream',
    body: new Uint8Array(file.bytes)
  })
}

const kindOf = (word: string | undefined): SheetKind | undefined => {
  if (word === undefined) return undefined
  const kind = kindNamed(word)
  if (kind === undefined)
    throw new ExitError(
      'usage',
      `option --kind must be one of ${sheets.map(sheet => sheet.kind).join(', ')}, got "${word}"`
    )
  return kind
}

const readBytes = (path: string): Buffer => {
  try {
    const { size } = statSync(path)
    if (size > importLimits.fileBytes)
      throw new ExitError('badConfiguration', `${path} must have at most ${importLimits.fileBytes} bytes, got ${size}`)
    return readFileSync(path)
  } catch (cause) {
    if (cause instanceof ExitError) throw cause
    throw new ExitError('usage', `${path} must be a readable file: ${cause instanceof Error ? cause.message : ''}`, {
      cause
    })
  }
}

const stages = { read: '已读 rows read', check: '检查 checking', write: '写入 writing' }
const showProgress: Progress = (stage, rows) => void process.stderr.write(`${stages[stage]}: ${rows}\n`)

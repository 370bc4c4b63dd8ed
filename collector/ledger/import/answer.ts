import Type, { type Static } from 'typebox'
import { faultText, type RowFault } from './fault-list.ts'
import type { ImportReport } from './import.ts'

const Fault = Type.Object({
  sheet: Type.String(),
  line: Type.Union([Type.Integer(), Type.Null()]),
  column: Type.String(),
  expected: Type.String(),
  value: Type.String(),
  /** All of it in one sentence. */
  text: Type.String()
})
const listed = <T extends Type.TSchema>(item: T) => Type.Object({ total: Type.Integer(), items: Type.Array(item) })

/** What an import answers, over HTTP and with `--json`. Lists have at most 1,000 items, totals are exact. */
export const ImportAnswer = Type.Object({
  file: Type.String(),
  sha256: Type.String(),
  dry_run: Type.Boolean(),
  applied: Type.Boolean({ description: 'Whether the ledger holds the good rows of the file now' }),
  rows: Type.Integer(),
  bad: Type.Integer({ description: 'Rows that are wrong' }),
  dependent: Type.Integer({ description: 'Rows that are right but depend on one that is wrong' }),
  faults: listed(Fault),
  warnings: listed(Fault),
  kinds: Type.Array(
    Type.Object({
      kind: Type.String(),
      added: Type.Integer(),
      changed: Type.Integer(),
      unchanged: Type.Integer(),
      gone: Type.Integer({ description: 'In the ledger and not in the file; they stay' })
    })
  ),
  changes: listed(
    Type.Object({
      kind: Type.String(),
      key: Type.String(),
      name: Type.String(),
      what: Type.Enum(['added', 'changed', 'gone']),
      fields: Type.Array(Type.Object({ field: Type.String(), from: Type.String(), to: Type.String() }))
    })
  )
})
export type ImportAnswer = Static<typeof ImportAnswer>

export const answerOf = (report: ImportReport): ImportAnswer => ({
  file: report.file,
  sha256: report.sha256,
  dry_run: report.dryRun,
  applied: report.applied,
  rows: report.rows,
  bad: report.bad,
  dependent: report.dependent,
  faults: { total: report.faults.total, items: report.faults.items.map(faultItem) },
  warnings: { total: report.warnings.total, items: report.warnings.items.map(faultItem) },
  kinds: report.kinds.map(count => ({ ...count })),
  changes: {
    total: report.changes.total,
    items: report.changes.items.map(change => ({ ...change, fields: change.fields.map(field => ({ ...field })) }))
  }
})

const faultItem = (fault: RowFault) => ({ ...fault, line: fault.line ?? null, text: faultText(fault) })

/** The same for a person, a line for everything. */
export const answerText = (answer: ImportAnswer): string => {
  const { faults, warnings, changes } = answer
  const rest = (list: { total: number; items: readonly unknown[] }): string[] =>
    list.total > list.items.length ? [`… 另有 and ${list.total - list.items.length} more`] : []
  const signs = { added: '+', changed: '~', gone: '-' }
  return [
    ...faults.items.map(fault => `✖ ${fault.text}`),
    ...rest(faults),
    ...warnings.items.map(warning => `⚠ ${warning.text}`),
    ...rest(warnings),
    ...changes.items.map(
      ({ what, kind, key, name, fields }) =>
        `${signs[what]} ${kind} ${key} ${name}${fields.map(({ field, from, to }) => `  ${field}: ${from || '∅'} → ${to || '∅'}`).join('')}`
    ),
    ...rest(changes),
    ...answer.kinds.map(
      ({ kind, added, changed, unchanged, gone }) =>
        `${kind}: 新增 added ${added}, 变更 changed ${changed}, 未变 unchanged ${unchanged}, 文件中没有 gone ${gone}${gone > 0 ? ' (保留 they stay)' : ''}`
    ),
    ...(answer.bad + answer.dependent > 0
      ? [`错误行 bad rows ${answer.bad}, 依赖错误行的行 rows that depend on them ${answer.dependent}`]
      : []),
    ending(answer)
  ].join('\n')
}

const ending = (answer: ImportAnswer): string => {
  if (answer.applied) return '已导入 imported'
  if (answer.dry_run) return '试运行：未改动任何数据 dry run: nothing was changed'
  return '未导入：先改正错误行，或用 --skip-bad 跳过 not imported: mend the bad rows, or leave them out with --skip-bad'
}

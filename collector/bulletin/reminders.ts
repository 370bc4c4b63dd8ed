import type { Period } from '../calendar/period.ts'
import { areasWithin } from '../verdicts/area-line.ts'
import { explain } from '../verdicts/explain.ts'
import { targetsOf } from '../verdicts/pack.ts'
import { termIn } from '../views/term-words.ts'
import { packOf } from '../ledger/load.ts'
import { safeCell } from '../ledger/cell-text.ts'
import type { StoreReads } from '../store/store.ts'
import type { Sheet } from './workbook.ts'

/** Somebody to call: a school of which something is not known, what, and what would make it known. */
export interface Reminder {
  /** The verdict's reason, and in words. */
  readonly cause: string
  readonly causeText: string
  readonly area: string
  readonly areaName: string
  readonly school: string
  readonly code: string
  readonly schoolName: string
  readonly contact: string
  readonly phone: string
  readonly target: string
  readonly targetTitle: string
  /** What is missing, and by when. */
  readonly nextStep: { readonly zh: string; readonly en: string }
}

export interface Reminders {
  readonly period: string
  readonly simulated: boolean
  /** By cause, area, school, target. */
  readonly items: readonly Reminder[]
}

/** The reminder list (催报) of a period from its current verdicts; of an area and all below it when one is named. */
export const readReminders = async (
  store: StoreReads,
  period: Period,
  area: string | undefined
): Promise<Reminders> => {
  const [verdicts, schools, areas, packs, simulated] = await Promise.all([
    store.verdicts(period.name),
    store.schools(period.lastDay),
    store.areas(),
    store.packs(),
    store.isSimulated()
  ])
  const inside = areasWithin(areas, area)
  const areaNames = new Map(areas.map(one => [one.id, one.name]))
  const titles = new Map(targetsOf(packs.map(packOf)).map(target => [target.key, target.title.zh]))
  const schoolOf = new Map(schools.filter(school => inside.has(school.area)).map(school => [school.id, school]))
  const term = termIn('zh')
  const items = verdicts.flatMap((v): Reminder[] => {
    const school = schoolOf.get(v.school)
    // Carried over for a vacation: nobody can do anything about it.
    if (v.verdict !== 'unknown' || v.reason === 'vacation' || school === undefined) return []
    return [
      {
        cause: v.reason,
        causeText: term('cause', v.reason),
        area: school.area,
        areaName: areaNames.get(school.area) ?? school.area,
        school: school.id,
        code: school.code,
        schoolName: school.name,
        contact: school.contact ?? '',
        phone: school.phone ?? '',
        target: v.target,
        targetTitle: titles.get(v.target) ?? v.target,
        nextStep: { zh: explain(v, 'zh'), en: explain(v, 'en') }
      }
    ]
  })
  const keyOf = (one: Reminder): string => [one.cause, one.area, one.school, one.target].join(' ')
  return { period: period.name, simulated, items: items.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)) }
}

const columns = [
  '原因 Cause',
  '区域 Area',
  '学校标识码 Code',
  '学校 School',
  '联系人 Contact',
  '电话 Phone',
  '指标 Target',
  '下一步 Next step'
]
const rowOf = (one: Reminder): string[] => [
  one.causeText,
  one.areaName,
  one.code,
  one.schoolName,
  one.contact,
  one.phone,
  one.targetTitle,
  one.nextStep.zh
]

/** With a byte order mark, without which spreadsheet programs take the Chinese for something else; RFC 4180 otherwise. */
export const remindersCsv = ({ period, simulated, items }: Reminders): string => {
  const lines = [columns, ...items.map(rowOf)].map((row, i) => [
    ...row,
    ...(simulated ? [i === 0 ? '说明 Note' : '模拟数据'] : []),
    i === 0 ? '统计周期 Period' : period
  ])
  return `\uFEFF${lines.map(line => line.map(csvCell).join(',')).join('\r\n')}\r\n`
}

const csvCell = (text: string): string => {
  const safe = safeCell(text)
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

export const remindersSheet = ({ period, items }: Reminders): Sheet => ({
  name: '催报',
  tables: [
    {
      title: `${period} 催报 Reminders`,
      columns,
      rows: items.map(rowOf),
      none: '没有数据不足的学校。 Nothing is unknown.'
    }
  ]
})

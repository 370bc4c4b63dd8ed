import type { Layer } from './layer.ts'
import type { Period } from './period.ts'

/** A remark for people, in both languages. */
export interface Note {
  readonly zh: string
  readonly en: string
}

/** What must be said beside the expected school days of a period. Layers from the nearest to the country. */
export const calendarNotes = (layers: readonly Layer[], period: Period): Note[] => [
  // Late December has no public holiday of its own: its days off are in the notice of the year after.
  ...yearNotes(layers, Number(period.lastDay.slice(0, 4))),
  ...termNotes(layers, period)
]

const yearNotes = (layers: readonly Layer[], year: number): Note[] => {
  const known = layers.flatMap(layer => layer.years.get(year) ?? [])
  if (known.includes('final')) return []
  if (known.length > 0)
    return [
      {
        zh: `${year} 年只有法定节假日，国务院的放假调休安排尚未收录：应到校天数可能偏多。通知公布后请补全该年的校历文件。`,
        en: `Of ${year} only the statutory holidays are known, not the State Council's days off and make-up days: the expected school days may be too many. Complete that year's calendar when the notice is out.`
      }
    ]
  return [
    {
      zh: `没有 ${year} 年的节假日：除周末和校历写明的日子外都算上学日。`,
      en: `The public holidays of ${year} are not known: every working weekday counts as a school day unless a calendar says otherwise.`
    }
  ]
}

const termNotes = (layers: readonly Layer[], period: Period): Note[] => {
  const terms = layers.find(layer => layer.terms !== undefined)?.terms
  if (terms === undefined)
    return [
      {
        zh: '没有学期：全年每一天都按学期内计算，寒暑假未扣除。',
        en: 'There are no terms: every day of the year counts as in term, vacations are not taken out.'
      }
    ]
  const [first, last] = [terms[0], terms.at(-1)]
  if (first === undefined || last === undefined)
    return [{ zh: '校历的学期表是空的：没有上学日。', en: 'The list of terms is empty: there are no school days.' }]
  if (last.to < period.lastDay)
    return [
      {
        zh: `学期只写到 ${last.to}（${last.name}）：之后的日子都算假期。`,
        en: `The terms end on ${last.to} (${last.name}): all days after it count as vacation.`
      }
    ]
  if (first.from > period.firstDay)
    return [
      {
        zh: `学期从 ${first.from}（${first.name}）开始：之前的日子都算假期。`,
        en: `The terms begin on ${first.from} (${first.name}): all days before it count as vacation.`
      }
    ]
  return []
}

import Type from 'typebox'
import { RegistryId, TargetKey } from '../../contract/registry-id.ts'
import type { Reminder } from '../bulletin/reminders.ts'
import { stages, type Stage } from '../bulletin/stage.ts'
import type { Verification } from '../bulletin/verify.ts'
import { localTime } from '../calendar/day.ts'
import type { BulletinRow, ObjectionRow, SubmissionRow } from '../store/bulletin-store.ts'

const Nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const Words = Type.String({ maxLength: 2000 })
/** A person's name, as it will stand on the bulletin. */
const By = Type.String({ minLength: 1, maxLength: 100, pattern: '\\S' })

export const BulletinItem = Type.Object({
  period: Type.String(),
  revision: Type.Integer(),
  stage: Type.Enum(stages),
  sha256: Type.String(),
  cause: Type.String(),
  by: Type.String(),
  note: Type.String(),
  frozen_at: Type.String(),
  published_at: Nullable(Type.String()),
  ranked: Type.Boolean(),
  changes_n: Type.Integer(),
  why: Type.Record(Type.String(), Type.Number())
})
export const bulletinItem = (row: BulletinRow, stage: Stage): Type.Static<typeof BulletinItem> => ({
  period: row.period,
  revision: row.revision,
  stage,
  sha256: row.sha256,
  cause: row.cause,
  by: row.by,
  note: row.note ?? '',
  frozen_at: localTime(row.frozenMs),
  published_at: row.publishedMs === undefined ? null : localTime(row.publishedMs),
  ranked: row.ranked,
  changes_n: row.changes.length,
  why: { ...row.why }
})

export const SubmissionItem = Type.Object({
  area: Type.String(),
  action: Type.Enum(['submit', 'accept', 'return']),
  by: Type.String(),
  note: Type.String(),
  at: Type.String()
})
export const submissionItem = (row: SubmissionRow): Type.Static<typeof SubmissionItem> => ({
  area: row.area,
  action: row.action,
  by: row.by,
  note: row.note,
  at: localTime(row.atMs)
})

export const ObjectionItem = Type.Object({
  id: Type.String(),
  period: Type.String(),
  school: Type.String(),
  target: Type.String(),
  state: Type.Enum(['open', 'retest', 'upheld', 'rejected']),
  by: Type.String(),
  note: Type.String(),
  raised_at: Type.String(),
  answer: Type.String(),
  answered_by: Type.String(),
  answered_at: Nullable(Type.String())
})
export const objectionItem = (row: ObjectionRow): Type.Static<typeof ObjectionItem> => ({
  id: row.id,
  period: row.period,
  school: row.school,
  target: row.target,
  state: row.state,
  by: row.by,
  note: row.note,
  raised_at: localTime(row.raisedMs),
  answer: row.answer,
  answered_by: row.answeredBy,
  answered_at: row.answeredMs === undefined ? null : localTime(row.answeredMs)
})

export const VerificationItem = Type.Object({
  period: Type.String(),
  revision: Type.Integer(),
  equal: Type.Boolean(),
  sha256: Type.String(),
  found_sha256: Type.String(),
  schools_n: Type.Integer(),
  verdicts_n: Type.Integer(),
  shares_n: Type.Integer(),
  rankings_n: Type.Integer(),
  rules_changed: Type.Array(
    Type.Object({ indicator: Type.String(), was: Type.String(), now: Type.String(), verdicts_n: Type.Integer() })
  ),
  differences_n: Type.Integer(),
  differences: Type.Array(Type.String())
})
export const verificationItem = (v: Verification): Type.Static<typeof VerificationItem> => ({
  period: v.period,
  revision: v.revision,
  equal: v.equal,
  sha256: v.sha256,
  found_sha256: v.foundSha256,
  schools_n: v.schoolsN,
  verdicts_n: v.verdictsN,
  shares_n: v.sharesN,
  rankings_n: v.rankingsN,
  rules_changed: v.rulesChanged.map(one => ({
    indicator: one.indicator,
    was: one.was,
    now: one.now,
    verdicts_n: one.verdictsN
  })),
  differences_n: v.differencesN,
  differences: [...v.differences]
})

export const ReminderItem = Type.Object({
  cause: Type.String(),
  area: Type.String(),
  school: Type.String(),
  code: Type.String(),
  name: Type.String(),
  contact: Type.String(),
  phone: Type.String(),
  target: Type.String(),
  next_step: Type.Object({ zh: Type.String(), en: Type.String() })
})
export const reminderItem = (one: Reminder): Type.Static<typeof ReminderItem> => ({
  cause: one.cause,
  area: one.area,
  school: one.school,
  code: one.code,
  name: one.schoolName,
  contact: one.contact,
  phone: one.phone,
  target: one.target,
  next_step: { ...one.nextStep }
})

const strict = { additionalProperties: false } as const
export const FreezeBody = Type.Object({ by: By, note: Type.Optional(Words) }, strict)
export const ReviseBody = Type.Object({ by: By, note: Words }, strict)
export const SubmissionBody = Type.Object(
  { area: RegistryId, action: Type.Enum(['submit', 'accept', 'return']), by: By, note: Type.Optional(Words) },
  strict
)
export const ObjectionBody = Type.Object({ school: RegistryId, target: TargetKey, by: By, note: Words }, strict)
export const AnswerBody = Type.Object(
  { state: Type.Enum(['retest', 'upheld', 'rejected']), by: By, answer: Type.Optional(Words) },
  strict
)
export const Running = Type.Object({
  running: Type.Object({ period: Type.String(), done: Type.Integer(), of: Type.Integer() })
})

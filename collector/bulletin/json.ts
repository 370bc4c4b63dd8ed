import { localTime } from '../calendar/day.ts'
import type { Share } from '../verdicts/verdict.ts'
import { canonical } from './canonical.ts'
import type { Edition } from './edition.ts'
import { datesOf, publishesAt } from './stage.ts'

/** A bulletin for programs: canonical JSON, wire names in snake case. The same revision is the same text until it is published. */
export const bulletinJson = (edition: Edition): string => {
  const { period, row, shares, rankings, verdicts } = edition
  const dates = datesOf(period)
  return `${canonical({
    period: period.name,
    first_day: period.firstDay,
    last_day: period.lastDay,
    stage: edition.stage,
    preview: row === undefined,
    simulated: edition.simulated,
    revision: edition.revision,
    revisions_n: edition.revisions.length,
    as_of: localTime(edition.asOfMs),
    freezes_at: localTime(dates.freezeMs),
    publishes_at: localTime(publishesAt(period, edition.revisions)),
    ranked: row?.ranked ?? null,
    sha256: row?.sha256 ?? null,
    frozen_at: row === undefined ? null : localTime(row.frozenMs),
    published_at: row?.publishedMs === undefined ? null : localTime(row.publishedMs),
    cause: row?.cause ?? null,
    by: row?.by ?? null,
    note: row?.note ?? null,
    why: row?.why ?? {},
    rules: edition.rules,
    areas: edition.areas.map(({ id, parent, level, name }) => ({ id, parent: parent ?? null, level, name })),
    schools: edition.schools,
    targets: edition.targets.map(t => ({
      target: t.key,
      title: t.title,
      document: t.document,
      paragraph: t.paragraph,
      indicator: t.indicator,
      goal_pct: t.goal_pct
    })),
    shares: shares.map(shareItem),
    rankings: rankings.map(ranking => ({
      scope: ranking.scope,
      target: ranking.target,
      ranked: ranking.ranked,
      reason: ranking.reason ?? null,
      lines: ranking.lines.map(line => ({
        area: line.area,
        pct: line.pct,
        hi_pct: line.hiPct,
        total_n: line.totalN,
        unknown_n: line.unknownN,
        first: line.first,
        last: line.last,
        tied: line.tied,
        left_out: line.leftOut ?? null,
        at_back: line.atBack,
        back_periods: line.backPeriods,
        naming: line.naming
      }))
    })),
    verdicts: verdicts.map(v => ({
      school: v.school,
      target: v.target,
      verdict: v.verdict,
      reason: v.reason,
      n: v.n,
      expected_n: v.expectedN,
      facts: v.facts,
      excluded: v.excluded,
      evidence: v.evidence,
      rule_version: v.ruleVersion,
      since: localTime(v.sinceMs)
    })),
    changes: (row?.changes ?? []).map(change => ({
      school: change.school,
      target: change.target,
      before: change.before,
      after: change.after,
      reason_before: change.reasonBefore,
      reason_after: change.reasonAfter,
      why: change.why ?? []
    })),
    submissions: edition.submissions.map(s => ({
      area: s.area,
      action: s.action,
      by: s.by,
      note: s.note,
      at: localTime(s.atMs)
    })),
    objections: edition.objections.map(o => ({
      id: o.id,
      school: o.school,
      target: o.target,
      state: o.state,
      by: o.by,
      note: o.note,
      answer: o.answer,
      answered_by: o.answeredBy,
      raised_at: localTime(o.raisedMs)
    }))
  })}\n`
}

/** A share with its wire names, as /v1/shares and the bulletin print it. */
export const shareItem = (s: Share) => ({
  area: s.area,
  target: s.target,
  met_n: s.metN,
  missed_n: s.missedN,
  unknown_n: s.unknownN,
  not_applicable_n: s.notApplicableN,
  total_n: s.totalN,
  pct: s.pct ?? null,
  hi_pct: s.hiPct ?? null,
  goal_pct: s.goalPct
})

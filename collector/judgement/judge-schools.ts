import type { Store } from '../store/store.ts'
import { judgeSchool } from '../verdicts/evaluate.ts'
import type { SchoolEvidence, Verdict } from '../verdicts/verdict.ts'
import type { Said } from './figures.ts'
import type { PeriodInputs } from './gather.ts'

/** Verdicts that are written at once: few enough that batches of agents need not wait, enough that the disk is not asked for each school. */
const verdictsAtOnce = 400

/** Judges schools (all, or the named ones) for every target that rules their area, stores the verdicts as the current ones, and gives them in short. */
export const judgeSchools = async (
  store: Pick<Store, 'putVerdictsOf'>,
  inputs: PeriodInputs,
  only?: ReadonlySet<string>
): Promise<Said[]> => {
  const said: Said[] = []
  let schools: string[] = []
  let verdicts: Verdict[] = []
  let written: Promise<void> = Promise.resolve()
  const write = async (): Promise<void> => {
    await written
    // The store writes these while the next ones are judged.
    written = store.putVerdictsOf(inputs.period.name, schools, verdicts)
    // Awaited above, or below: until then a failure is nobody's.
    written.catch(() => undefined)
    schools = []
    verdicts = []
  }
  const judge = (chunk: readonly SchoolEvidence[]): void => {
    for (const evidence of chunk) {
      const own = judgeSchool(evidence, inputs.targetsOf(evidence.school.area))
      for (const { school, target, verdict, reason } of own) said.push({ school, target, verdict, reason })
      schools.push(evidence.school.id)
      verdicts.push(...own)
    }
  }
  for await (const chunk of inputs.evidence(only)) {
    judge(chunk)
    if (verdicts.length >= verdictsAtOnce) await write()
  }
  if (schools.length > 0) await write()
  await written
  return said
}

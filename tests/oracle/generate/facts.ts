import type { Parameters } from '../answer.ts'
import { daysLater } from '../looking.ts'
import type { Scene } from './scene.ts'
import { hosts } from './sites.ts'

/** A declaration of before, of the period, of its last day, or one that is not yet made; sometimes two that say different things. */
const declare = (s: Scene, key: string, good: readonly string[], bad: readonly string[]): void => {
  const { dice } = s
  const days = ['2025-09-01', s.period.firstDay, s.period.lastDay, daysLater(s.period.lastDay, 1)]
  for (let i = dice.pick([0, 1, 1, 1, 1, 2]); i > 0; i--) {
    const list =
      s.mood === 'good' ? good : s.mood === 'bad' ? bad : dice.pick([good, bad, ['?', '', '3.5', '-1', ' 1']])
    const [value] = dice.some(list, 1)
    const [asOf] = dice.some(days, 1)
    if (value !== undefined) s.fact(key, value, asOf)
  }
}

export const declared = (s: Scene, fact: string): void => declare(s, fact, ['present', 'yes'], ['none', 'no'])

export const ratio = (s: Scene): void => {
  declare(s, 'teacher-computers', ['10', '50', '51'], ['9', '0', '10'])
  declare(s, 'pupil-computers', ['500', '400', '100'], ['20', '19', '99'])
}

export const report = (s: Scene): void => declare(s, 'monthly-report', ['submitted'], ['late', 'late', 'submitted'])

export const reachable = (s: Scene, p: Parameters, fact: string): void => {
  const { dice } = s
  const host = `${fact}.lan`
  const form = dice.pick(['host', 'present', 'both', 'none', 'nothing'] as const)
  if (form === 'host') s.fact(fact, host)
  if (form === 'present') s.fact(fact, 'present')
  if (form === 'both') s.fact(fact, dice.pick(['present', 'old.lan']), '2025-09-02')
  if (form === 'none') s.fact(fact, 'none', '2025-09-03')
  if (form !== 'nothing' && form !== 'host' && dice.chance(0.8)) s.fact(`${fact}-host`, host)
  hosts(s, p, [host], 'days')
}

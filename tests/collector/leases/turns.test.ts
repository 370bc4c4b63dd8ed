import t from 'tap'
import { decide } from '../../../collector/leases/decide.ts'
import { slotOn } from '../../../collector/leases/slots.ts'
import type { LeaseRow } from '../../../collector/store/lease-store.ts'
import { anAsk, aRow, at, day, policy, uplink } from './asks.ts'

const minute = 60_000

void t.test('a school that is on in lessons only is tested day after day, whatever window its hash likes', t => {
  for (const [from, to] of [
    ['08:00', '17:00'],
    ['06:45', '08:30'],
    ['17:45', '19:00']
  ] as const)
    for (let school = 0; school < 12; school += 1) {
      const leases: LeaseRow[] = []
      let tested = 0
      for (let days = 0; days < 10; days += 1) {
        const shift = days * 86_400_000
        for (let nowMs = at(from) + shift; nowMs < at(to) + shift; nowMs += 5 * minute) {
          const ask = anAsk({ dark: true, nowMs, leases, uplink: { ...uplink, school: `s-${school}` } })
          if (decide(ask, policy).kind !== 'lease') continue
          leases.push(aRow(`l-${days}`, { issuedMs: nowMs, slot: 'fallback', bytes: 1e6 }))
          tested += 1
          break
        }
      }
      t.ok(tested >= 8, `s-${school}, on from ${from} to ${to}: ${tested} of 10 days`)
    }
  t.end()
})

void t.test('a line that is busy whenever its turn comes gets another hour of the night, and keeps it', t => {
  for (let school = 0; school < 12; school += 1) {
    const own = { ...uplink, school: `s-${school}` }
    const slotOfSchool = slotOn({ school: own.school, uplink: own.id, dark: false }, day, policy.windows).atMs
    const leases: LeaseRow[] = []
    const tested: number[] = []
    for (let days = 0; days < 8; days += 1) {
      const shift = days * 86_400_000
      for (let nowMs = at('00:30') + shift; nowMs < at('06:00') + shift; nowMs += 5 * minute) {
        if (decide(anAsk({ nowMs, leases, uplink: own }), policy).kind !== 'lease') continue
        const busy = Math.abs(nowMs - slotOfSchool - shift) < 20 * minute
        const unused = busy ? { openedMs: undefined, lapsed: true, bytes: 0 } : {}
        leases.push(aRow(`l-${nowMs}`, { issuedMs: nowMs, slot: 'night', ...unused }))
        if (!busy) tested.push((nowMs - shift - at('00:30')) / minute)
        break
      }
    }
    t.ok(tested.length === 7, `${own.school}: ${tested.join(', ')}`)
    t.ok(Math.max(...tested) - Math.min(...tested) <= 15, 'about the same time every day')
  }
  t.end()
})

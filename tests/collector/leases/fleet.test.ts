import t from 'tap'
import { simulateNight } from '../../../bench/lease-night.ts'

const day = '2026-11-04'

void t.test('150 schools in one night: all served, within the port, one at a time on a line', async t => {
  const one = await simulateNight({ schools: 150, seed: 7, portMbps: 10_000, day })
  t.match(one, { served: 150, overCap: 0, sameLine: 0, outside: 0 })
  t.ok(one.dark > 0 && one.groups > 0 && one.unopened > 0 && one.peakMbps > 1_100, 'it was worth looking')
})

void t.test(
  'where a port has room for one large test at a time all are served, and the plan is the same again',
  async t => {
    const night = { schools: 40, seed: 3, portMbps: 2_000, day }
    const one = await simulateNight(night)
    t.match(one, { served: 40, overCap: 0, sameLine: 0, outside: 0 })
    t.ok(one.peakMbps <= 1_600)
    t.same(await simulateNight(night), one)
  }
)

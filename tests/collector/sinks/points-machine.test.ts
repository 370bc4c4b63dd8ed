import t from 'tap'
import { openWorld } from '../../../collector/sinks/influx/world.ts'
import { aCheck, anAgent, aRollup, madeStore, nowMs } from './made-store.ts'

void t.test('a machine that was installed in the afternoon is expected from then on', async t => {
  const at = (hour: string): number => Date.parse(`2026-11-02T${hour}:00+08:00`)
  const given = async (enrolledMs: number, firstMs: number) => {
    const { store } = madeStore({
      checks: [aCheck(1, 'gw-1-host', 'host')],
      agents: [anAgent('a-1', { enrolledMs })],
      rollups: [aRollup(1, { inHours: { ok: 75, degraded: 0, failed: 0, unavailable: 0 }, firstMs })]
    })
    const points = await openWorld(store, 'influx', () => nowMs).blockPoints(['2026-11-02 0'])
    return points.map(({ fields }) => [fields['hours_expected_n'], fields['available_pct']])
  }
  t.same(await given(at('15:00'), at('15:01')), [[150, 50]])
  t.same(await given(at('15:10'), at('15:00')), [[150, 50]], 'what was measured before it was enrolled counts')
  t.same(await given(at('00:00'), at('15:00')), [[570, (100 * 75) / 570]], 'one that was there, and off, is missed')
})

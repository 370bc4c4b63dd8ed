import { pino } from 'pino'
import t from 'tap'
import { draftChecks } from '../../../collector/ledger/checks.ts'
import { dayStart } from '../../../collector/calendar/day.ts'
import { startUpkeep } from '../../../collector/upkeep.ts'
import {
  ipv6Fields,
  ipv6States,
  recordingFields,
  recordingFlags,
  recordingStates
} from '../../../contract/indicator-readings.ts'
import { batchOf, boot, knownAgent, type WireAgent } from '../../rig/agent-identity.ts'
import { openCollector } from '../../rig/collector.ts'
import { ledger, nowMs, templates } from '../../rig/ledger.ts'
import { days } from './evidence.ts'

const rig = await openCollector(work => t.teardown(work))
await rig.store.putLedger({
  ...ledger,
  schools: ledger.schools.map(school => (school.id === 's-1' ? { ...school, township_central: true } : school)),
  rooms: [...(ledger.rooms ?? []), { id: 'r-rec', school: 's-1', name: '录播教室', kind: 'function', recording: true }],
  devices: [
    ...(ledger.devices ?? []),
    { id: 'rec-1', school: 's-1', room: 'r-rec', kind: 'recorder', name: '录播主机' }
  ]
})
await rig.store.putChecks(
  [
    ...draftChecks(await rig.store.devices(), [
      ...templates,
      { name: 'ipv6', probe: 'ipv6', every_ms: 300_000, devices: ['panel', 'gateway'] }
    ]),
    {
      key: 'gw-1-rec-1',
      device: 'gw-1',
      probe: 'recording',
      everyMs: 600_000,
      subject: 'rec-1',
      place: 'on_site',
      options: '{}'
    }
  ],
  nowMs - 40 * 86_400_000
)
await rig.roster.reload()

/** Up for forty days, so that every reading of the period has its time from the boot's anchor. */
const upMs = 40 * 86_400_000
const reading = (check: string, atMs: number, over: Readonly<Record<string, unknown>>): Record<string, unknown> => ({
  check: `${check}@1`,
  boot,
  up_ms: upMs - (nowMs - atMs),
  wall_ms: atMs,
  took_ms: 900,
  outcome: 'ok',
  fields: {},
  ...over
})
const send = async (agent: WireAgent, seq: number, readings: readonly unknown[]): Promise<unknown> => {
  const sent = { boot, up_ms: upMs, wall_ms: nowMs }
  const answer = await agent.send({ seq, sent, body: batchOf({ readings }) })
  return answer.statusCode === 202 ? answer.json<{ rejected: unknown }>().rejected : answer.body
}
const at = (day: string, hour: number): number => dayStart(day) + hour * 3_600_000
const ten = days(10)
const gateway = await knownAgent(rig)
const panel = await knownAgent(rig, 'panel-1')

void t.test(
  'readings of probes that come later pass the wire, become rollups with in-hours counts, and decide',
  async t => {
    const user = { vantage: 'user' }
    const rejected = await send(
      panel,
      1,
      ten.flatMap((day, i) => [
        reading('panel-1-ipv6', at(day, 10), { fields: { folded_n: 16, v6_tcp_ms: 31 }, labels: user }),
        reading('panel-1-ipv6', at(day, 11), {
          outcome: 'failed',
          reason: 'ula_only',
          fields: { folded_n: 4 },
          labels: user
        }),
        reading('panel-1-ipv6', at(day, 20), {
          outcome: 'failed',
          reason: 'ula_only',
          fields: { folded_n: 9 },
          labels: user
        }),
        // Out of time, the runner knows no labels; the other days say where the check stands.
        ...(i < 3 ? [reading('panel-1-ipv6', at(day, 21), { outcome: 'unavailable', reason: 'timeout' })] : []),
        reading('panel-1-host', at(day, 10), {})
      ])
    )
    t.same(rejected, [])
    const flagged = { reason: 'no_audio', outcome: 'degraded', labels: { state: 'live', flags: 'no_audio,clock_skew' } }
    t.same(
      await send(
        gateway,
        1,
        ten.flatMap(day => [
          reading('gw-1-ipv6', at(day, 10), { labels: { vantage: 'wan' }, fields: { folded_n: 90 } }),
          reading('gw-1-rec-1', at(day, 9), { ...flagged, fields: { width_px: 1920, height_px: 1080, kbps: 3200 } })
        ])
      ),
      []
    )
    const upkeep = startUpkeep({
      store: rig.store,
      now: () => nowMs,
      everyMs: 3_600_000,
      log: pino({ level: 'silent' })
    })
    await upkeep.run()
    await upkeep.stop()

    const ipv6 = (await rig.store.checks()).find(check => check.key === 'panel-1-ipv6')
    const [row] = (await rig.store.rollups('2026-10-22', '2026-10-22')).filter(one => one.checkId === ipv6?.id)
    t.same(row?.counts, { ok: 16, degraded: 0, failed: 13, unavailable: 1 })
    t.same(row?.inHours, { ok: 16, degraded: 0, failed: 4, unavailable: 0 })
    t.match(row?.reasons, { ula_only: 13, timeout: 1 })

    const verdicts = (await rig.store.verdicts('2026-11')).filter(verdict => verdict.school === 's-1')
    const of = (indicator: string) => verdicts.find(verdict => verdict.indicator === indicator)
    const wanted = { verdict: 'met', reason: 'users_reach', n: 10, expectedN: 10, ruleVersion: 'ipv6/1' }
    t.match(of('ipv6'), {
      ...wanted,
      facts: { good_samples: 160, total_samples: 200, measured_pct: 80, cause: 'ula_only' }
    })
    t.same(of('ipv6')?.excluded, { wan: 900, out_of_hours: 90, unavailable: 3 })
    t.equal(of('ipv6')?.evidence[2], 'day 2026-10-22 good 16 of 20')
    t.match(of('recording-room'), { verdict: 'met', reason: 'rooms_work', n: 10, facts: { room: '录播教室' } })
    t.same(of('recording-room')?.evidence.slice(0, 2), ['room r-rec met', 'room r-rec good 2026-10-20'])
    t.match(of('panel-coverage'), {
      verdict: 'unknown',
      reason: 'no_panel',
      n: 1,
      expectedN: 2,
      excluded: { no_panel: 1 }
    })
  }
)

void t.test('every state, flag and field of the lists is a word of the wire', async t => {
  const words = [...ipv6States, ...recordingStates, ...recordingFlags]
  const fields = Object.fromEntries([...ipv6Fields, ...recordingFields].map(name => [name, 1]))
  const readings = words.map((reason, i) =>
    reading('gw-1-rec-1', nowMs - 60_000 * (i + 1), { outcome: 'failed', reason, fields })
  )
  t.same(await send(gateway, 2, readings), [])
  t.equal(new Set([...recordingStates, ...recordingFlags]).size, recordingStates.length + recordingFlags.length)
})

import t from 'tap'
import type { Reading } from '../../../../agent/probe.ts'
import { eventSince, type Moment } from '../../../../agent/probes/host/events.ts'
import { host, hostProbe } from '../../../../agent/probes/host/host.ts'
import { busyPct } from '../../../../agent/probes/host/load.ts'
import { runCheck } from '../../../../agent/run-check.ts'
import { thisSystem } from '../../../../agent/system.ts'
import { contextOf, depsOf, systemOf, thrown } from '../context.ts'

// Recorded on a Debian 12 machine with 4 GiB (first lines only).
const meminfo =
  'MemTotal:        4028456 kB\nMemFree:          285360 kB\nMemAvailable:    2915328 kB\nBuffers:  1 kB\n'
const loadavg = '0.42 0.31 0.18 2/301 12345\n'
const stat = (user: number, idle: number, iowait = 500) =>
  `cpu  ${user} 20 300 ${idle} ${iowait} 0 40 60 ${user / 10} 0\ncpu0 1 2 3 4 5 6 7 8 0 0\nintr 5\n`
const gib = 2 ** 30
const roomy = () => Promise.resolve({ bsize: 4096, blocks: (100 * gib) / 4096, bavail: (40 * gib) / 4096 })

const only = (readings: readonly Reading[]): Reading => {
  const [reading] = readings
  if (reading === undefined || readings.length > 1) throw new Error('one reading was expected')
  return reading
}

void t.test('a healthy machine says how it is', async t => {
  const root = t.testdir({ proc: { meminfo, loadavg, stat: stat(1000, 8000) } })
  const run = hostProbe({ monotonicMs: () => 0, statfs: roomy }).prepare({})
  const reading = only(await run(contextOf({ system: systemOf({ root, upMs: () => 5_400_000 }) })))
  t.same(reading, {
    outcome: 'ok',
    fields: {
      uptime_s: 5400,
      load1: 0.42,
      mem_total_bytes: 4028456 * 1024,
      mem_available_bytes: 2915328 * 1024,
      disk_total_bytes: 100 * gib,
      disk_free_bytes: 40 * gib
    },
    labels: { boot_id: systemOf().bootId }
  })
})

void t.test('CPU use is what was busy between two runs, guests counted once', async t => {
  const before = { proc: { meminfo, loadavg, stat: stat(1000, 8000) } }
  const run = hostProbe({ monotonicMs: () => 0, statfs: roomy }).prepare({})
  const first = only(await run(contextOf({ system: systemOf({ root: t.testdir(before) }) })))
  t.notOk('cpu_pct' in first.fields, 'one look is no difference')
  const after = { proc: { meminfo, loadavg, stat: stat(1030, 8060, 510) } }
  const second = only(await run(contextOf({ system: systemOf({ root: t.testdir(after) }) })))
  t.equal(second.fields['cpu_pct'], 30)
})

void t.test('counters that stand still or run backwards give no nonsense', t => {
  t.equal(busyPct({ busy: 5, total: 10 }, { busy: 5, total: 10 }), undefined)
  t.equal(busyPct({ busy: 5, total: 10 }, { busy: 1, total: 2 }), undefined)
  t.equal(busyPct({ busy: 5, total: 10 }, { busy: 9, total: 12 }), 100)
  t.equal(busyPct({ busy: 5, total: 10 }, { busy: 4, total: 12 }), 0)
  t.equal(busyPct(undefined, { busy: 4, total: 12 }), undefined)
  t.end()
})

void t.test('what the kernel does not say is absent, never zero', async t => {
  const run = hostProbe({
    monotonicMs: () => 0,
    statfs: () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOENT' }))
  }).prepare({ path: '/not/here' })
  const root = t.testdir({ proc: { meminfo: 'MemTotal: lots\n', loadavg: '', stat: 'cpu  x\n' } })
  for (const files of [root, '/nowhere']) {
    const reading = only(await run(contextOf({ system: systemOf({ root: files }) })))
    t.match(reading, { outcome: 'ok', labels: { disk_error: 'ENOENT' } })
    t.same(Object.keys(reading.fields), ['uptime_s'])
  }
})

void t.test('little disk or memory is degraded', async t => {
  const table: [number, number, string, string | undefined][] = [
    [100, 4.9, '2915328', 'disk_low'],
    [100, 5.1, '2915328', undefined],
    [4, 0.24, '2915328', 'disk_low'],
    [0, 0, '2915328', undefined],
    [100, 50, '201000', 'memory_low'],
    [100, 50, '202000', undefined],
    [100, 1, '201000', 'disk_low']
  ]
  for (const [total, free, available, reason] of table) {
    const root = t.testdir({
      proc: { meminfo: meminfo.replace('2915328', available), loadavg, stat: stat(1, 1) }
    })
    const disk = () => Promise.resolve({ bsize: 1024, blocks: total * 2 ** 20, bavail: free * 2 ** 20 })
    const run = hostProbe({ monotonicMs: () => 0, statfs: disk }).prepare({})
    const { outcome, reason: said } = only(await run(contextOf({ system: systemOf({ root }) })))
    t.same(
      [outcome, said],
      [reason === undefined ? 'ok' : 'degraded', reason],
      `${free} of ${total} GiB, ${available} kB`
    )
  }
})

void t.test('reboot, suspend and clock step are told apart', t => {
  const at: Moment = { bootId: 'a', upMs: 100_000, monotonicMs: 50_000, wallMs: 1_000_000 }
  const later = (up: number, monotonic: number, wall: number, more: Partial<Moment> = {}): Moment => ({
    bootId: 'a',
    upMs: at.upMs + up,
    monotonicMs: at.monotonicMs + monotonic,
    wallMs: at.wallMs + wall,
    ...more
  })
  const table: [string, Moment, object][] = [
    ['nothing', later(60_000, 60_000, 60_000), { fields: {}, labels: {} }],
    ['a slow look', later(60_000, 58_500, 61_500), { fields: {}, labels: {} }],
    [
      'an hour of sleep',
      later(3_660_000, 60_000, 3_660_000),
      { fields: { suspended_s: 3600 }, labels: { event: 'suspend' } }
    ],
    [
      'clock forward',
      later(60_000, 60_000, 65_000),
      { fields: { clock_step_ms: 5000 }, labels: { event: 'clock_step' } }
    ],
    [
      'clock back',
      later(60_000, 60_000, -60_000),
      { fields: { clock_step_ms: -120_000 }, labels: { event: 'clock_step' } }
    ],
    [
      'sleep, and a clock set on waking',
      later(70_000, 60_000, 80_000),
      { fields: { suspended_s: 10, clock_step_ms: 10_000 }, labels: { event: 'suspend' } }
    ],
    ['another boot', later(60_000, 60_000, 60_000, { bootId: 'b' }), { fields: {}, labels: { event: 'reboot' } }],
    ['uptime fell', later(-90_000, 60_000, 60_000), { fields: {}, labels: { event: 'reboot' } }]
  ]
  for (const [name, now, event] of table) t.same(eventSince(at, now), event, name)
  t.end()
})

void t.test('an event is told once', async t => {
  let monotonicMs = 0
  let upMs = 10_000
  const run = hostProbe({ monotonicMs: () => monotonicMs, statfs: roomy }).prepare({})
  const look = async () => {
    const system = systemOf({ upMs: () => upMs, wallMs: () => upMs })
    return only(await run(contextOf({ system })))
  }
  t.notOk('event' in ((await look()).labels ?? {}))
  monotonicMs += 60_000
  upMs += 660_000
  t.match(await look(), { fields: { suspended_s: 600 }, labels: { event: 'suspend' } })
  monotonicMs += 60_000
  upMs += 60_000
  t.notOk('event' in ((await look()).labels ?? {}))
})

void t.test('this machine can be measured', async t => {
  const run = host.prepare({})
  const [reading] = await runCheck(host, run, { check: 'host-1@1' }, depsOf({ system: thisSystem() }))
  t.match(reading, {
    fields: { uptime_s: Number, mem_total_bytes: Number, mem_available_bytes: Number, disk_total_bytes: Number }
  })
  const [elsewhere] = await run(contextOf({ system: systemOf({ platform: 'darwin' }) }))
  t.match(elsewhere, { fields: { load1: Number, mem_total_bytes: Number } }, 'also by the os module alone')
  const [windows] = await run(contextOf({ system: systemOf({ platform: 'win32' }) }))
  t.notOk('load1' in (windows?.fields ?? {}), 'Windows has no load average')
})

void t.test('bad options are refused with a sentence', t => {
  t.equal(
    thrown(() => host.prepare({ path: '' })),
    'host options /path must not have fewer than 1 characters, got ""'
  )
  t.equal(
    thrown(() => host.prepare({ paht: '/' })),
    'host options /paht is not a known key: did you mean "path"?'
  )
  t.equal(
    thrown(() => host.prepare(5)),
    'host options / must be an object, got 5'
  )
  t.end()
})

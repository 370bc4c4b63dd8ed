import t from 'tap'
import { Acknowledgement } from '../../contract/acknowledgement.ts'
import { Batch, BatchEnvelope } from '../../contract/batch.ts'
import { Configuration } from '../../contract/configuration.ts'
import { ExitError, exitWordOf } from '../../contract/exit.ts'
import { limits } from '../../contract/limits.ts'
import { faultOf, fits, SentenceError } from '../../contract/parse.ts'
import { Problem, problem, problems } from '../../contract/problem.ts'
import { agreeOn, protocolVersion, supportedProtocols } from '../../contract/protocol.ts'
import { readingFault, WireReading } from '../../contract/reading.ts'
import { CheckId, RegistryId, TargetKey, Word } from '../../contract/registry-id.ts'
import { formatSent, parseSent } from '../../contract/sent.ts'
import { unitOf, units } from '../../contract/units.ts'
import { boot, readingOf } from '../rig/agent-identity.ts'
import { thrown } from '../agent/probes/context.ts'

void t.test('a collector speaks its version and the one before, and an agent takes the highest of both', t => {
  t.ok(supportedProtocols.includes(protocolVersion))
  t.equal(agreeOn([1], [1]), 1)
  t.equal(agreeOn([1], [2, 1]), 1, 'an old agent at a new collector')
  t.equal(agreeOn([3, 2], [2, 1]), 2, 'a new agent that falls back')
  t.equal(agreeOn([1], [3, 2]), undefined, 'two versions apart is too far')
  t.equal(agreeOn([NaN]), undefined)
  t.equal(agreeOn([0]), undefined, 'there is no version 0')
  t.end()
})

void t.test('the clock anchor reads back, and a broken clock still makes a header that can be read', t => {
  const sent = { boot, up_ms: 12_345, wall_ms: 1_700_000_000_000 }
  t.same(parseSent(formatSent(sent)), sent)
  t.same(parseSent(formatSent({ boot, up_ms: 1.4, wall_ms: -62_135_596_800_000 })), { boot, up_ms: 1, wall_ms: 0 })
  t.end()
})

void t.test('an anchor that is not letter for letter one is refused', t => {
  for (const wrong of ['', 'boot=x', `boot="${boot}", up_ms=-1, wall_ms=2`, `boot="${boot}",up_ms=1,wall_ms=2`])
    t.equal(
      thrown(() => parseSent(wrong)),
      `header campus-gauge-sent must be boot="…", up_ms=…, wall_ms=…, got ${JSON.stringify(wrong)}`
    )
  t.end()
})

void t.test('a reading on the wire keeps its caps', t => {
  t.ok(fits(WireReading, readingOf()))
  const many = (n: number) => Object.fromEntries(Array.from({ length: n }, (_, i) => [`f${i}`, i]))
  const words = (n: number, length: number) =>
    Object.fromEntries(Array.from({ length: n }, (_, i) => [`l${i}`, 'x'.repeat(length)]))
  const bad: [Record<string, unknown>, string][] = [
    [{ check: 'gw-1-host' }, '/check'],
    [{ check: 'gw-1-host@0' }, '/check'],
    [{ outcome: 'fine' }, '/outcome'],
    [{ boot: 'x' }, '/boot'],
    [{ up_ms: -1 }, '/up_ms'],
    [{ up_ms: 1.5 }, '/up_ms'],
    [{ took_ms: -0.1 }, '/took_ms'],
    [{ part: '' }, '/part'],
    [{ part: 'x'.repeat(limits.partLength + 1) }, '/part'],
    [{ fields: { 'Load Pct': 1 } }, '/fields/Load Pct'],
    [{ fields: { load_pct: Infinity } }, '/fields/load_pct'],
    [{ fields: { load_pct: '1' } }, '/fields/load_pct'],
    [{ fields: many(limits.fieldsPerReading + 1) }, '/fields'],
    [{ labels: words(limits.labelsPerReading + 1, 1) }, '/labels'],
    [{ labels: words(1, limits.labelLength + 1) }, '/labels/l0'],
    [{ trace: Array.from({ length: limits.traceLength + 1 }, () => 1) }, '/trace'],
    [{ extra: 1 }, '/extra']
  ]
  for (const [part, pointer] of bad) t.equal(faultOf(WireReading, readingOf(part))?.pointer, pointer)
  t.ok(fits(WireReading, readingOf({ fields: many(limits.fieldsPerReading) })))
  t.end()
})

void t.test('only ok may come without a reason', t => {
  t.equal(readingFault({ outcome: 'ok' }), undefined)
  for (const outcome of ['degraded', 'failed', 'unavailable'] as const) {
    t.equal(readingFault({ outcome }), '/reason is required unless the outcome is ok')
    t.equal(readingFault({ outcome, reason: 'timeout' }), undefined)
  }
  t.end()
})

void t.test('a batch keeps its caps, and its envelope does not read the readings', t => {
  const gap = { from: 1, to: 2, n: 3, reason: 'spool_full' }
  const empty = { readings: [], gaps: [], markers: [] }
  t.ok(fits(Batch, { ...empty, readings: [readingOf()], gaps: [gap] }))
  t.equal(
    faultOf(BatchEnvelope, { ...empty, readings: Array(limits.readingsPerBatch + 1).fill(0) })?.pointer,
    '/readings'
  )
  t.equal(faultOf(BatchEnvelope, { ...empty, gaps: Array(limits.gapsPerBatch + 1).fill(gap) })?.pointer, '/gaps')
  t.equal(
    faultOf(BatchEnvelope, { ...empty, gaps: [{ ...gap, n: 1e300 }] })?.pointer,
    '/gaps/0/n',
    'a number no column holds'
  )
  t.equal(faultOf(BatchEnvelope, { ...empty, more: 1 })?.sentence, '/more is not a known key')
  t.ok(fits(BatchEnvelope, { ...empty, readings: ['anything', null] }))
  t.end()
})

void t.test('answers may gain keys, so an older agent reads a newer collector', t => {
  const acknowledgement = {
    high_water: 1,
    server_time: '2026-11-03T10:00:00+08:00',
    next_ms: 1,
    max_readings: 1,
    rejected: []
  }
  t.ok(fits(Acknowledgement, { ...acknowledgement, news: true }))
  t.equal(faultOf(Acknowledgement, { ...acknowledgement, server_time: 'now' })?.pointer, '/server_time')
  t.ok(
    fits(Configuration, {
      agent: 'a-1',
      school: 's-1',
      upload: { period_ms: 50, max_readings: 1 },
      fold_ms: 0,
      checks: [],
      news: 1
    })
  )
  t.end()
})

void t.test('ids are safe as a path, a file name and a tag', t => {
  for (const wrong of ['', '-a', 'A', 'a_b', 'a/b', '..', 'a\\', `a${'b'.repeat(64)}`, 'a\n'])
    t.notOk(fits(RegistryId, wrong), JSON.stringify(wrong))
  t.ok(fits(RegistryId, `a${'-'.repeat(63)}`))
  t.ok(fits(CheckId, 'gw-1-host@12') && fits(Word, 'rtt_ms') && fits(TargetKey, 'yulin-2022/broadband-access'))
  t.end()
})

void t.test('the longest device and check name still make a legal check id', t => {
  t.ok(fits(CheckId, `${'d'.repeat(64)}-${'n'.repeat(32)}@999999`))
  t.end()
})

void t.test('every problem has its status and is a legal problem document', t => {
  for (const code of Object.keys(problems) as (keyof typeof problems)[]) {
    const made = problem(code, 'why', { pointer: '/x' })
    t.ok(fits(Problem, made) && made.status >= 400 && made.type === `urn:campus-gauge:problem:${code}`, code)
  }
  t.end()
})

void t.test('the unit of a field is its last word', t => {
  t.equal(unitOf('rtt_ms'), 'ms')
  t.equal(unitOf('down_mbps'), 'mbps')
  t.equal(unitOf('folded_n'), 'n')
  t.equal(unitOf('carrier'), undefined)
  t.equal(unitOf('is_constructor'), undefined)
  t.equal(units.kbps, 'kbit/s (10^3 bit/s)')
  t.end()
})

void t.test('an error ends a command with the code that says what to do', t => {
  const network = (code: string) => Object.assign(new Error('x'), { code })
  t.equal(exitWordOf(new SentenceError('x')), 'badConfiguration')
  t.equal(exitWordOf(new ExitError('usage', 'x')), 'usage')
  t.equal(exitWordOf(network('ECONNREFUSED')), 'unreachable')
  t.equal(exitWordOf(network('EACCES')), 'notPermitted')
  t.equal(exitWordOf('x'), 'failure')
  t.end()
})

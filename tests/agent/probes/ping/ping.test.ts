import t from 'tap'
import { Unavailable, type ProbeContext, type Reading } from '../../../../agent/probe.ts'
import type { Echoes } from '../../../../agent/probes/ping/echo.ts'
import { ping, pingProbe, type PingDeps } from '../../../../agent/probes/ping/ping.ts'
import { contextOf, systemOf, thrown } from '../context.ts'

const answers = (times: readonly number[], sent = times.length): Echoes => ({ sent, lost: sent - times.length, times })
const steady = (replies: number, sent: number): Echoes =>
  answers(
    Array.from({ length: replies }, () => 2),
    sent
  )
const unresolved = () => Promise.resolve(undefined)

const run = async (options: object, deps: Partial<PingDeps>, context: Partial<ProbeContext> = {}): Promise<Reading> => {
  const probe = pingProbe({ echo: () => Promise.resolve(answers([1])), resolve: unresolved, ...deps })
  const [reading] = await probe.prepare(options)(contextOf(context))
  if (reading === undefined) throw new Error('one reading was expected')
  return reading
}

void t.test('replies become mean, least and greatest round trip', async t => {
  const asked: unknown[] = []
  const echo: PingDeps['echo'] = (address, count) => {
    asked.push([address, count])
    return Promise.resolve(answers([1, 2, 6], 4))
  }
  t.same(await run({ subject: '192.0.2.7' }, { echo }), {
    outcome: 'ok',
    fields: { sent_n: 4, lost_n: 1, rtt_ms: 3, rtt_min_ms: 1, rtt_max_ms: 6 },
    labels: { subject: '192.0.2.7', address: '192.0.2.7' }
  })
  t.same(asked, [['192.0.2.7', 5]])
})

void t.test('loss is said and judged only from twenty requests on', async t => {
  const table: [Echoes, object, string, number | undefined][] = [
    [steady(18, 19), {}, 'ok', undefined],
    [steady(19, 20), {}, 'ok', 5],
    [steady(18, 20), {}, 'degraded loss', 10],
    [steady(18, 20), { loss_pct_max: 10 }, 'ok', 10],
    [steady(0, 5), {}, 'failed no_reply', undefined],
    [steady(0, 20), {}, 'failed no_reply', 100],
    [steady(5, 5), { rtt_ms_max: 1.9 }, 'degraded slow', undefined],
    [steady(5, 5), { rtt_ms_max: 2 }, 'ok', undefined]
  ]
  for (const [echoes, options, said, loss] of table) {
    const reading = await run({ subject: 'self', ...options }, { echo: () => Promise.resolve(echoes) })
    t.equal([reading.outcome, reading.reason].filter(Boolean).join(' '), said)
    t.equal(reading.fields['loss_pct'], loss)
  }
})

void t.test('names are resolved first, in the family asked for', async t => {
  const asked: unknown[] = []
  const resolve: PingDeps['resolve'] = (name, family) => {
    asked.push([name, family])
    return Promise.resolve('2001:db8::7')
  }
  const reading = await run({ subject: 'www.school.test', family: 6 }, { resolve })
  t.match(reading, { outcome: 'ok', labels: { subject: 'www.school.test', address: '2001:db8::7' } })
  t.same(asked, [['www.school.test', 6]])
  t.same(await run({ subject: 'gone.test' }, {}), {
    outcome: 'failed',
    reason: 'unresolved',
    fields: {},
    labels: { subject: 'gone.test' }
  })
})

void t.test('self and gateway are addresses of this machine', async t => {
  t.equal((await run({ subject: 'self' }, {})).labels?.['address'], '127.0.0.1')
  t.equal((await run({ subject: 'self', family: 6 }, {})).labels?.['address'], '::1')
  const route =
    'Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n' +
    'wlan0\t00000000\t01FEA8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0\n' +
    'eth1\t00000000\t09FEA8C0\t0002\t0\t0\t1\t00000000\t0\t0\t0\n' +
    'eth0\t00000000\t010200C0\t0003\t0\t0\t100\t00000000\t0\t0\t0\n'
  const system = systemOf({ root: t.testdir({ proc: { net: { route } } }) })
  t.equal((await run({ subject: 'gateway' }, {}, { system })).labels?.['address'], '192.0.2.1', 'the one preferred')
  await t.rejects(
    run({ subject: 'gateway' }, {}),
    new Unavailable('no_gateway', 'there is no default route with a gateway in /proc/net/route')
  )
})

void t.test('a lookup that never ends does not hold a run', async t => {
  const agent = new AbortController()
  const reading = run(
    { subject: 'slow.test' },
    { resolve: () => new Promise(() => undefined) },
    { signal: agent.signal }
  )
  agent.abort(new Error('enough'))
  await t.rejects(reading, new Error('enough'))
})

void t.test('what must never reach a command line is refused with a sentence', t => {
  const expectation = 'must be a host name, an IP address, "gateway" or "self"'
  const bad = [
    '-f', '--help', '-c 1 example.test', 'a b', 'a;b', '$(id)', '`id`', 'a|b', 'a/b', '../a', 'a..b', '.a', 'a-.test', '-a.test',
    'http://a.test', 'a:80', '127.1', '2130706433', '0x7f000001', '1.2.3.4.5', '学校.test', 'a\n', "a'b", 'fe80::1%a b'
  ] // prettier-ignore
  for (const subject of bad)
    t.equal(
      thrown(() => ping.prepare({ subject })),
      `ping options /subject ${expectation}, got ${JSON.stringify(subject)}`
    )
  t.end()
})

void t.test('other bad options are refused with a sentence', t => {
  const table: [unknown, string][] = [
    [{}, 'ping options /subject is missing'],
    [{ subject: 'self', count: 61 }, 'ping options /count must be <= 60, got 61'],
    [{ subject: 'self', count: 0 }, 'ping options /count must be >= 1, got 0'],
    [{ subject: 'self', family: 5 }, 'ping options /family must be one of 4, 6, got 5'],
    [{ subject: 'self', cuont: 5 }, 'ping options /cuont is not a known key: did you mean "count"?'],
    [{ subject: '::1', family: 4 }, 'ping options /subject must be an IPv4 address, got "::1"'],
    [{ subject: '192.0.2.1', family: 6 }, 'ping options /subject must be an IPv6 address, got "192.0.2.1"'],
    [{ subject: 'gateway', family: 6 }, 'ping options /family must be 4 for the subject "gateway", got 6']
  ]
  for (const [options, message] of table)
    t.equal(
      thrown(() => ping.prepare(options)),
      message
    )
  for (const subject of [
    'www.school.test',
    'school.test.',
    '_x.school.test',
    'PANEL-1',
    '192.0.2.1',
    '2001:db8::1',
    'fe80::1%eth0'
  ])
    t.equal(
      thrown(() => ping.prepare({ subject })),
      '',
      subject
    )
  t.end()
})

void t.test('checks of one subject run one after the other', t => {
  t.equal(ping.hostKey?.({ subject: 'WWW.school.test' }), 'www.school.test')
  for (const raw of [undefined, null, {}, { subject: 4 }]) t.equal(ping.hostKey?.(raw), 'ping')
  t.end()
})

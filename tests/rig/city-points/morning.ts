import type { Gap } from '../../../contract/batch.ts'
import type { DemoAgent } from '../../../deploy/demo/fleet.ts'
import type { Measured } from '../../../deploy/demo/measured.ts'

const minute = 60_000

/** A field that belongs to the collector: a point with it is refused before it is sent. */
export const reservedField = 'outcome'

const numberOf = (school: string): number => Number(school.slice('sim-'.length))
export const morningRecorderFails = (school: string): boolean => numberOf(school) % 2 === 0
export const lostIpv6 = (school: string): boolean => numberOf(school) % 4 === 0

/**
 * What one agent measured in the last two hours, by the number of its school: what a small city does not show by itself. Every third school is
 * silent; of the others the recorders of every second failed, and IPv6 of users was lost at every fourth.
 */
export const morning = (agent: DemoAgent, nowMs: number): { measured: Measured[]; gaps: Gap[] } => {
  const number = numberOf(agent.school)
  const [role] = agent.device.slice(agent.school.length + 1).match(/gw|rec|p$/) ?? []
  if (number % 3 === 0 || role === undefined) return { measured: [], gaps: [] }
  const times = [110, 80, 50, 20, 5].map(ago => nowMs - ago * minute)
  const of =
    (name: string) =>
    (over: Omit<Measured, 'atMs' | 'check'>, atMs: number, i: number): Measured => ({
      atMs: atMs + i,
      check: `${agent.device}-${name}`,
      ...over
    })
  const hosts = times.map((atMs, i) =>
    of('host')({ outcome: 'ok', fields: { uptime_s: 3_600 + i, load1: i / 7, folded_n: 30 } }, atMs, i)
  )
  switch (role) {
    case 'gw':
      return {
        measured: [
          ...hosts,
          ...times.map((atMs, i) =>
            of('ipv6')({ outcome: 'ok', fields: { rtt_v6_ms: 1e-7 * i }, labels: { state: 'ready' } }, atMs, i)
          ),
          ...times.flatMap((atMs, i) => [
            of('site1')(
              number % 5 === 1
                ? { outcome: 'failed', reason: 'tcp_timeout', fields: { total_ms: 10_000 } }
                : { outcome: 'ok', fields: { total_ms: 80 + i }, labels: { place: 'off_site' } },
              atMs,
              i
            ),
            of('video')({ outcome: 'ok', fields: { rtt_ms: 0.8 } }, atMs, i),
            of('clock')({ outcome: 'ok', fields: { offset_ms: -3.5 * i } }, atMs, i)
          ]),
          ...(number === 1
            ? [of('host')({ outcome: 'ok', fields: { [reservedField]: 9 } }, nowMs - 3 * minute, 0)]
            : [])
        ],
        gaps:
          number % 4 === 1
            ? [{ from: nowMs - 300 * minute, to: nowMs - 240 * minute, n: 60, reason: 'spool_full' }]
            : []
      }
    case 'rec':
      return {
        measured: times.map((atMs, i) =>
          of('recording')(
            morningRecorderFails(agent.school)
              ? { outcome: 'failed', reason: 'no_media', fields: {}, labels: { state: 'no_media' } }
              : { outcome: 'ok', fields: { kbps: 4_000 + i, folded_n: 6 }, labels: { state: 'ready' } },
            atMs,
            i
          )
        ),
        gaps: []
      }
    default:
      return {
        measured: [
          ...hosts,
          // Two of one millisecond: both must be there.
          ...[1_000, 100].map(speed =>
            of('port')(
              {
                part: 'eth0',
                ...(speed < 1_000 ? { outcome: 'degraded', reason: 'speed_low' } : { outcome: 'ok' }),
                fields: { speed_mbps: speed, carrier: 1 }
              },
              nowMs - 12 * minute,
              0
            )
          ),
          ...(agent.device.endsWith('-r1-p')
            ? times.map((atMs, i) =>
                of('ipv6')(
                  lostIpv6(agent.school)
                    ? { outcome: 'failed', reason: 'gua_no_route', fields: { gua_n: 1 }, labels: { vantage: 'user' } }
                    : { outcome: 'ok', fields: { rtt_v6_ms: 12.5 + i }, labels: { vantage: 'user', state: 'ready' } },
                  atMs,
                  i
                )
              )
            : [])
        ].sort((a, b) => a.atMs - b.atMs),
        gaps: []
      }
  }
}

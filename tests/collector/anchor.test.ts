import t from 'tap'
import { timeOf } from '../../collector/receive/anchor.ts'

const hour = 3_600_000
const received = Date.parse('2026-11-03T10:00:00+08:00')
/** The device booted two hours ago. */
const sent = { boot: 'now', up_ms: 2 * hour, wall_ms: received }
const bootedMs = received - 2 * hour
const year = 365 * 24 * hour
const none = new Map<string, number>()
const lastBoot = new Map([['before', received - 30 * hour]])

const cases: [string, Parameters<typeof timeOf>, ReturnType<typeof timeOf>][] = [
  [
    'this boot: uptime decides',
    [{ boot: 'now', up_ms: hour, wall_ms: received - hour }, sent, received, none],
    { atMs: bootedMs + hour }
  ],
  [
    'a wall clock wrong by years changes nothing',
    [{ boot: 'now', up_ms: hour, wall_ms: 5 }, { ...sent, wall_ms: 9 }, received, none],
    { atMs: bootedMs + hour }
  ],
  [
    'a wall clock years ahead changes nothing',
    [{ boot: 'now', up_ms: hour, wall_ms: received + year }, { ...sent, wall_ms: received + year }, received, none],
    { atMs: bootedMs + hour }
  ],
  [
    'a wall clock stepped back between reading and sending changes nothing',
    [{ boot: 'now', up_ms: hour, wall_ms: received + hour }, sent, received, none],
    { atMs: bootedMs + hour }
  ],
  [
    'the least offset seen has the least delay in it',
    [{ boot: 'now', up_ms: hour, wall_ms: 0 }, sent, received, new Map([['now', bootedMs - 400]])],
    { atMs: bootedMs - 400 + hour }
  ],
  [
    'a quicker way than any before is better',
    [{ boot: 'now', up_ms: hour, wall_ms: 0 }, sent, received, new Map([['now', bootedMs + 400]])],
    { atMs: bootedMs + hour }
  ],
  [
    'an earlier boot that was anchored keeps its times',
    [{ boot: 'before', up_ms: hour, wall_ms: 7 }, { ...sent, wall_ms: 7 }, received, lastBoot],
    { atMs: received - 29 * hour }
  ],
  [
    'suspended for a day: uptime counted on, so the time is right',
    [{ boot: 'now', up_ms: 100 * hour, wall_ms: 0 }, { ...sent, up_ms: 125 * hour }, received, none],
    { atMs: received - 25 * hour }
  ],
  [
    'an unanchored boot falls back on a sane wall clock',
    [{ boot: 'lost', up_ms: 5, wall_ms: received - 50 * hour }, sent, received, none],
    { atMs: received - 50 * hour }
  ],
  [
    'a wall clock two minutes off is sane',
    [{ boot: 'lost', up_ms: 5, wall_ms: received - hour }, { ...sent, wall_ms: received - 120_000 }, received, none],
    { atMs: received - hour }
  ],
  [
    'more than that is not believed',
    [{ boot: 'lost', up_ms: 5, wall_ms: received - hour }, { ...sent, wall_ms: received - 120_001 }, received, none],
    { reason: 'time_unknown' }
  ],
  [
    'nor ahead',
    [{ boot: 'lost', up_ms: 5, wall_ms: received - hour }, { ...sent, wall_ms: received + 120_001 }, received, none],
    { reason: 'time_unknown' }
  ],
  [
    'ten minutes ahead is the edge',
    [{ boot: 'lost', up_ms: 5, wall_ms: received + 600_000 }, sent, received, none],
    { atMs: received + 600_000 }
  ],
  [
    'further is the future',
    [{ boot: 'lost', up_ms: 5, wall_ms: received + 600_001 }, sent, received, none],
    { reason: 'future' }
  ],
  [
    'an uptime beyond the one at sending is the future too',
    [{ boot: 'now', up_ms: 3 * hour, wall_ms: received }, sent, received, none],
    { reason: 'future' }
  ],
  [
    'an uptime no machine has is the future, not an overflow',
    [{ boot: 'now', up_ms: Number.MAX_SAFE_INTEGER, wall_ms: 0 }, sent, received, none],
    { reason: 'future' }
  ],
  [
    'before 1970 nothing was measured',
    [{ boot: 'before', up_ms: 1, wall_ms: 0 }, sent, received, new Map([['before', -5]])],
    { reason: 'time_unknown' }
  ]
]

for (const [name, args, want] of cases)
  void t.test(name, t => {
    t.same(timeOf(...args), want)
    t.end()
  })

void t.test('the time of a reading is a whole number, as the store’s key wants it', t => {
  const time = timeOf({ boot: 'now', up_ms: 1, wall_ms: 1 }, { ...sent, up_ms: 3.7 }, received + 0.4, none)
  t.ok('atMs' in time && Number.isSafeInteger(time.atMs))
  t.end()
})

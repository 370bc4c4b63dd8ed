import t from 'tap'
import { Pack } from '../../../collector/verdicts/pack.ts'
import { checkPack, checkPacks } from '../../../collector/verdicts/parameters.ts'
import { parse, SentenceError } from '../../../contract/parse.ts'
import { overriding, pack, packFile, targetFile } from './pack-rig.ts'

const messageOf = (work: () => unknown): string => {
  try {
    work()
  } catch (error) {
    if (error instanceof SentenceError) return error.message
    throw error
  }
  return 'accepted'
}

const sentence = (raw: Record<string, unknown>): string =>
  messageOf(() => checkPack(parse(Pack, raw, 'p.yaml'), 'p.yaml'))
const target = (over: Record<string, unknown>): string => sentence(packFile('p', { targets: [targetFile('x', over)] }))
const override = (over: Record<string, unknown>): string =>
  sentence(packFile('p', { overrides: [{ target: 'other/x', paragraph: '2', ...over }] }))

void t.test('a figure in the wrong unit is refused with the unit it should have and the one it looks like', async t => {
  const cases: [Record<string, unknown>, string][] = [
    [
      { parameters: { tier_mbps: 100_000_000 } },
      'p.yaml /targets/0/parameters/tier_mbps must be one of 10, 100, 500, 1000 (Mbit/s), got 100000000, which looks like bit/s'
    ],
    [
      { parameters: { tier_mbps: 100_000 } },
      'p.yaml /targets/0/parameters/tier_mbps must be one of 10, 100, 500, 1000 (Mbit/s), got 100000, which looks like kbit/s'
    ],
    [
      { parameters: { tier_mbps: 1 } },
      'p.yaml /targets/0/parameters/tier_mbps must be one of 10, 100, 500, 1000 (Mbit/s), got 1, which looks like Gbit/s'
    ],
    [
      { parameters: { tier_mbps: 200 } },
      'p.yaml /targets/0/parameters/tier_mbps must be one of 10, 100, 500, 1000 (Mbit/s), got 200'
    ],
    [{ parameters: { tier_mbps: '100M' } }, 'p.yaml /targets/0/parameters/tier_mbps must be a number, got "100M"'],
    [
      { indicator: 'ipv6', parameters: { ratio_pct: 0.8 } },
      'p.yaml /targets/0/parameters/ratio_pct must be a whole number from 1 to 100 (percent), got 0.8, which looks like a ratio, expected percent'
    ],
    [
      { indicator: 'device-activity', parameters: { least_pct: 0.5 } },
      'p.yaml /targets/0/parameters/least_pct must be a whole number from 0 to 100 (percent), got 0.5, which looks like a ratio, expected percent'
    ],
    [
      { indicator: 'room-port', parameters: { mbps: 1_000_000_000 } },
      'p.yaml /targets/0/parameters/mbps must be a whole number from 10 to 100000 (Mbit/s), got 1000000000, which looks like bit/s'
    ],
    [
      { indicator: 'broadband-access', parameters: { days: 259_200_000 } },
      'p.yaml /targets/0/parameters/days must be a whole number from 1 to 31 (days), got 259200000, which looks like milliseconds'
    ],
    [
      { indicator: 'broadband-access', parameters: { days: 72 } },
      'p.yaml /targets/0/parameters/days must be a whole number from 1 to 31 (days), got 72, which looks like hours'
    ],
    [
      { indicator: 'broadband-access', parameters: { days: 2.5 } },
      'p.yaml /targets/0/parameters/days must be a whole number from 1 to 31 (days), got 2.5'
    ],
    [
      { goal_pct: 0.7 },
      'p.yaml /targets/0/goal_pct must be 0 or a number above 1 up to 100 (percent), got 0.7, which looks like a ratio, expected percent'
    ],
    [
      { goal_pct: 1 },
      'p.yaml /targets/0/goal_pct must be 0 or a number above 1 up to 100 (percent), got 1, which looks like a ratio, expected percent'
    ],
    [{ goal_pct: 0 }, 'accepted'],
    [{ goal_pct: 96.86 }, 'accepted'],
    [{ indicator: 'ipv6', parameters: { ratio_pct: 80 } }, 'accepted']
  ]
  for (const [over, want] of cases) t.equal(target(over), want)
})

void t.test(
  'rules, figures and terms that do not exist or do not belong are refused, with what was probably meant',
  async t => {
    const cases: [string, string][] = [
      [
        target({ indicator: 'uplinks' }),
        'p.yaml /targets/0/indicator must name a known rule, got "uplinks": did you mean "uplink"?'
      ],
      [target({ indicator: 'constructor' }), 'p.yaml /targets/0/indicator must name a known rule, got "constructor"'],
      [
        target({ parameters: { tier_mbps: 100, tier_mbs: 100 } }),
        'p.yaml /targets/0/parameters/tier_mbs is not a figure of indicator "uplink": did you mean "tier_mbps"?'
      ],
      [
        target({ parameters: {} }),
        'p.yaml /targets/0/parameters/tier_mbps must be one of 10, 100, 500, 1000 (Mbit/s), got nothing'
      ],
      [
        target({ indicator: 'declared', parameters: {} }),
        'p.yaml /targets/0/fact is missing: indicator "declared" needs it'
      ],
      [
        target({ indicator: 'reachable', parameters: {} }),
        'p.yaml /targets/0/fact is missing: indicator "reachable" needs it'
      ],
      [
        target({ indicator: 'key-sites', parameters: {} }),
        'p.yaml /targets/0/subjects is missing: indicator "key-sites" needs it'
      ],
      [
        target({ indicator: 'platform-reach', parameters: {} }),
        'p.yaml /targets/0/subjects is missing: indicator "platform-reach" needs it'
      ],
      [target({ fact: 'labs' }), 'p.yaml /targets/0/fact says nothing to indicator "uplink": leave it out'],
      [
        target({ indicator: 'key-sites', parameters: {}, subjects: ['www.a.cn', 'https://www.a.cn/'] }),
        'p.yaml /targets/0/subjects/1 must be a host name in lower case, without scheme, port or path, got "https://www.a.cn/"'
      ],
      [
        sentence(packFile('p', { targets: [targetFile('x'), targetFile('x')] })),
        'p.yaml /targets/1/id must be unique, got "x" again'
      ],
      [
        target({ from_period: '2026-05', to_period: '2026-04' }),
        'p.yaml /targets/0/to_period must not be before from_period 2026-05, got "2026-04"'
      ],
      [
        sentence(packFile('p', { to_period: '2025-12' })),
        'p.yaml /to_period must not be before from_period 2026-01, got "2025-12"'
      ],
      [
        sentence(packFile('p', { ranking: { weights: { y: 1 } } })),
        'p.yaml /ranking/weights/y must be the id of a target of this pack: did you mean "x"?'
      ],
      [sentence(packFile('p', { ranking: { weights: { x: 0 } } })), 'p.yaml /ranking/weights/x must be > 0, got 0'],
      [
        sentence(packFile('p', { ranking: { weights: { x: 1e-9 } } })),
        'p.yaml /ranking/weights/x must be >= 0.000001, got 1e-9'
      ],
      [
        sentence(packFile('p', { ranking: { weights: { x: 1e300 } } })),
        'p.yaml /ranking/weights/x must be <= 1000000, got 1e+300'
      ],
      [sentence(packFile('p', { version: '2' })), 'p.yaml /version must be an integer, got "2"']
    ]
    for (const [said, want] of cases) t.equal(said, want)
  }
)

void t.test('conditions that no school can meet are refused: they would let every school off', async t => {
  const cases: [unknown, string][] = [
    [{ attribute: 'zone', eq: 'city' }, 'must compare "zone" with one of "urban", "town", "rural", got "city"'],
    [
      { any: [{ all: [] }, { all: [{ not: { attribute: 'stage', in: ['primary', 'midle'] } }] }] },
      '/any/1/all/0/not must compare "stage" with one of "primary", "middle", "nine-year", "high", "vocational", "teaching-point", got "midle"'
    ],
    [{ attribute: 'larger', eq: 'true' }, 'must compare "larger" with one of true, false, got "true"'],
    [{ attribute: 'pupils', eq: '300' }, 'must compare "pupils" with a number, got "300"'],
    [{ attribute: 'stage', gte: 1 }, 'must compare "stage" by eq or in, got gte'],
    [{ attribute: 'stage' }, 'must compare "stage" by eq, in, gte or lt, got none of them']
  ]
  for (const [applies_to, want] of cases)
    t.equal(target({ applies_to }), `p.yaml /targets/0/applies_to${want.startsWith('/') ? '' : ' '}${want}`)
})

void t.test('an override says something about one target of another pack', async t => {
  const cases: [string, string][] = [
    [override({ goal_pct: 80 }), 'accepted'],
    [override({ drop: true }), 'accepted'],
    [override({}), 'p.yaml /overrides/0 must change something, got only paragraph "2"'],
    [override({ drop: true, goal_pct: 80 }), 'p.yaml /overrides/0/drop leaves nothing to change, got goal_pct too'],
    [override({ drop: false }), 'p.yaml /overrides/0/drop must be one of true, got false'],
    [
      override({ target: 'p/x', goal_pct: 80 }),
      'p.yaml /overrides/0/target must be of another pack, got "p/x": change the target itself'
    ],
    [
      override({ goal_pct: 0.8 }),
      'p.yaml /overrides/0/goal_pct must be 0 or a number above 1 up to 100 (percent), got 0.8, which looks like a ratio, expected percent'
    ],
    [
      override({ applies_to: { attribute: 'zone', eq: 'x' } }),
      'p.yaml /overrides/0/applies_to must compare "zone" with one of "urban", "town", "rural", got "x"'
    ],
    [
      sentence(
        packFile('p', {
          overrides: [
            { target: 'other/x', paragraph: '2', goal_pct: 80 },
            { target: 'other/x', paragraph: '3', goal_pct: 70 }
          ]
        })
      ),
      'p.yaml /overrides/1/target must be unique, got "other/x" again'
    ],
    [override({ goal_pc: 80 }), 'p.yaml /overrides/0/goal_pc is not a known key: did you mean "goal_pct"?']
  ]
  for (const [said, want] of cases) t.equal(said, want)
})

void t.test('packs together: one id each, and an override fits the rule of the target that it changes', async t => {
  const together = (...packs: Pack[]): string =>
    messageOf(() => {
      checkPacks(packs.map(one => ({ pack: one, place: `${one.id}.yaml` })))
    })
  const other = pack('other')
  t.equal(together(other, overriding('p', { goal_pct: 80 })), 'accepted')
  t.equal(together(other, other), 'other.yaml /id must be unique, got "other" which is in other.yaml too')
  t.equal(
    together(overriding('p', { target: 'othr/x', goal_pct: 80 }), other),
    'p.yaml /overrides/0/target must be a target of a loaded pack, got "othr/x": did you mean "other/x"?'
  )
  t.equal(
    together(other, overriding('p', { parameters: { tier_mbps: 1e8 } })),
    'p.yaml /overrides/0/parameters/tier_mbps must be one of 10, 100, 500, 1000 (Mbit/s), got 100000000, which looks like bit/s'
  )
  t.equal(
    together(other, overriding('p', { parameters: { days: 3 } })),
    'p.yaml /overrides/0/parameters/days is not a figure of indicator "uplink"'
  )
  t.equal(
    together(other, overriding('p', { subjects: ['www.a.cn'] })),
    'p.yaml /overrides/0/subjects says nothing to indicator "uplink": leave it out'
  )
})

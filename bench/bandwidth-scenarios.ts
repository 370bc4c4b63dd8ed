import { defaultPassRatio, type Direction, type TestKind, type Tier } from '../contract/bandwidth.ts'
import type { LinkOptions } from '../tests/rig/link/link.ts'
import { creditLine, lineOf, policedLine, type Shape } from '../tests/rig/link/shape.ts'

/** One kind of link, tested again and again. */
export interface Scenario {
  readonly set: string
  /** Unique; starts with `tier/link`. */
  readonly name: string
  readonly tier: Tier
  /** What the link carries for good, Mbit/s at the IP layer: it decides what a right answer is. */
  readonly linkMbps: number
  readonly shape: Shape
  readonly kind: TestKind
  readonly direction: Direction
  readonly link: LinkOptions
  /** Somebody else's traffic, Mbit/s. */
  readonly cross?: number | 'greedy'
  readonly vantage: 'gateway' | 'panel'
  /** Nats of evidence that history lends. */
  readonly lendNats: number
}

export const meets = (scenario: Scenario): boolean => scenario.linkMbps >= defaultPassRatio * scenario.tier

/** An answer that is worse than none. */
export const isWrong = (scenario: Scenario, result: string): boolean =>
  (result === 'pass' && !meets(scenario)) || (result === 'fail' && meets(scenario))

const rttMs = 10
const plain = { kind: 'quick', direction: 'down', link: { rttMs }, vantage: 'gateway', lendNats: 0 } as const

const on = (
  set: string,
  tier: Tier,
  rates: readonly number[],
  more: Partial<Scenario> = {},
  label = '',
  shapeOf: (rate: number) => Shape = lineOf
): Scenario[] =>
  rates.map(linkMbps => ({
    ...plain,
    set,
    name: `${tier}/${linkMbps}${label === '' ? '' : ` ${label}`}`,
    tier,
    linkMbps,
    shape: shapeOf(linkMbps),
    ...more
  }))

/** Links at least 3 % off the line (0.95 T) on both sides. */
const pairs = [
  ...on('pairs', 100, [50, 70, 85, 92, 98, 105, 120, 150, 300, 940, 1000]),
  ...on('pairs', 500, [100, 300, 420, 455, 460, 490, 520, 600, 900]),
  ...on('pairs', 1000, [300, 600, 800, 900, 921, 980, 1000])
]

const cross = (['gateway', 'panel'] as const).flatMap(vantage =>
  ([0.3, 'greedy'] as const).flatMap(load =>
    (
      [
        [100, [85, 98, 100, 120, 300]],
        [500, [420, 490, 500, 600]]
      ] as const
    ).flatMap(([tier, rates]) =>
      rates.flatMap(rate =>
        on(
          'cross',
          tier,
          [rate],
          { vantage, cross: load === 'greedy' ? load : load * rate },
          `${load === 'greedy' ? load : '30 %'} ${vantage}`
        )
      )
    )
  )
)

/** `coarse` is the prototype's: its bucket takes superframes of 64 KiB, which a queue of 30 kB then drops whole at the sender's own device. */
const police = (['bbr', 'cubic'] as const).flatMap(congestion =>
  (['quick', 'certify'] as const).flatMap(kind => [
    ...on(
      ...(['police', 100, [70, 90, 98, 105, 300]] as const),
      { kind, link: { rttMs, congestion, routed: true } },
      `${congestion} ${kind}`,
      policedLine
    ),
    ...on(
      ...(['police', 500, [420, 490, 520]] as const),
      { kind, link: { rttMs, congestion, routed: true } },
      `${congestion} ${kind}`,
      policedLine
    ),
    ...on(
      ...(['police', 100, [90, 100, 300]] as const),
      { kind, link: { rttMs, congestion } },
      `${congestion} ${kind} coarse`,
      rate => ({ rateMbps: rate, limitBytes: 30_000 })
    )
  ])
)

const burst = [1, 1.5, 3].flatMap(creditS => [
  ...[200, 1000].flatMap(peak =>
    on('burst', 100, [50, 70, 90, 98, 120], { kind: 'certify' }, `credit ${creditS} s peak ${peak}`, rate =>
      creditLine(rate, creditS, peak)
    )
  ),
  ...on('burst', 500, [300, 420, 455, 490, 550], { kind: 'certify' }, `credit ${creditS} s peak 1000`, rate =>
    creditLine(rate, creditS, 1000)
  )
])

const certify = [
  ...on('certify', 100, [70, 92, 98, 105, 120, 300], { kind: 'certify' }, 'certify'),
  ...on('certify', 500, [420, 460, 490, 520, 900], { kind: 'certify' }, 'certify'),
  ...on('certify', 1000, [900, 980, 1000], { kind: 'certify' }, 'certify')
]

const reverify = ([100, 500, 1000] as const).flatMap(tier =>
  on(
    'reverify',
    tier,
    [0.9, 0.92, 0.98, 1, 1.05, 3].map(share => share * tier).filter(rate => rate <= 1000),
    { lendNats: Math.log(30) },
    'lent'
  )
)

const mtu = (
  [
    ['MTU 1280', { rttMs, mtu: 1280 }],
    ['MTU 1492', { rttMs, mtu: 1492 }],
    ['IPv6 only', { rttMs, families: [6] }],
    ['IPv6 only MTU 1280', { rttMs, families: [6], mtu: 1280 }]
  ] as const
).flatMap(([label, link]) => [
  ...on('mtu', 100, [92, 98], { link }, label),
  ...on('mtu', 500, [460, 490], { link }, label)
])

const up = [
  ...on('up', 100, [70, 92, 98, 120, 300], { direction: 'up' }, 'up'),
  ...on('up', 500, [420, 460, 490, 600], { direction: 'up' }, 'up'),
  ...on('up', 1000, [900, 980, 1000], { direction: 'up' }, 'up')
]

/** The bottleneck in the network instead of at the sender's own device. */
const routed = [
  ...on('routed', 100, [92, 98, 300], { link: { rttMs, routed: true } }, 'routed'),
  ...on('routed', 500, [460, 490, 900], { link: { rttMs, routed: true } }, 'routed'),
  ...on('routed', 1000, [921, 980], { link: { rttMs, routed: true } }, 'routed'),
  ...on('routed', 100, [92, 98], { link: { rttMs, routed: true, congestion: 'cubic' } }, 'routed cubic'),
  ...on('routed', 500, [460, 490], { link: { rttMs, routed: true, congestion: 'cubic' } }, 'routed cubic'),
  ...on('routed', 100, [92, 98], { link: { rttMs: 40, routed: true } }, 'routed 40 ms'),
  ...on('routed', 500, [460, 490], { link: { rttMs: 40, routed: true } }, 'routed 40 ms')
]

export const scenarios: readonly Scenario[] = [
  ...pairs,
  ...cross,
  ...police,
  ...burst,
  ...certify,
  ...reverify,
  ...mtu,
  ...up,
  ...routed
]

import Type, { type Static } from 'typebox'
import { defaultPassRatio } from '../../contract/bandwidth.ts'
import { defaultBudget } from './budget.ts'
import { ServerConfig, serversOf } from './servers.ts'
import type { Policy } from './terms.ts'
import { WindowsConfig, windowsOf } from './windows.ts'

/** Below that no test of 1000 Mbit/s fits, and the bureau would wait for results that never come, bytes. */
const leastBytes = 210_000_000

/** `bandwidth:` of collector.yaml. Budgets are bytes of payload for a line of 1000 Mbit/s; smaller tiers get their share. */
export const BandwidthConfig = Type.Object(
  {
    servers: Type.Optional(Type.Array(ServerConfig, { minItems: 1, maxItems: 256 })),
    pass_ratio: Type.Optional(
      Type.Number({ minimum: 0.5, maximum: 1, description: 'The line is this share of the tier; 0.95, preset 0.9' })
    ),
    budget: Type.Optional(
      Type.Object(
        {
          day_bytes: Type.Optional(Type.Integer({ minimum: leastBytes })),
          month_bytes: Type.Optional(Type.Integer({ minimum: leastBytes, description: 'Any 31 days' })),
          certify_bytes: Type.Optional(
            Type.Integer({ minimum: leastBytes, description: 'On top, for each certifying test' })
          )
        },
        { additionalProperties: false }
      )
    ),
    windows: Type.Optional(WindowsConfig)
  },
  { additionalProperties: false }
)
export type BandwidthConfig = Static<typeof BandwidthConfig>

/** Throws a SentenceError that begins with `place` (a file) and the pointer. */
export const policyOf = (config: BandwidthConfig = {}, place = ''): Policy => ({
  servers: serversOf(config.servers, `${place}/bandwidth/servers`),
  windows: windowsOf(config.windows, `${place}/bandwidth/windows`),
  passRatio: config.pass_ratio ?? defaultPassRatio,
  budget: {
    dayBytes: config.budget?.day_bytes ?? defaultBudget.dayBytes,
    monthBytes: config.budget?.month_bytes ?? defaultBudget.monthBytes,
    certifyBytes: config.budget?.certify_bytes ?? defaultBudget.certifyBytes
  }
})

import Type, { type Static } from 'typebox'
import { Tier } from '../../../contract/bandwidth.ts'
import { RegistryId } from '../../../contract/registry-id.ts'

/**
 * Options of a check of this probe. The collector decides what is tested and when; here stands only where this machine is.
 * `vantage`: a gateway is the uplink's own device and sees all of its traffic; a panel stands behind it and can only add doubt.
 */
export const Options = Type.Object(
  {
    uplink: RegistryId,
    vantage: Type.Enum(['gateway', 'panel']),
    /** For proofs by counters before the first lease has named a tier. */
    tier_mbps: Type.Optional(Tier),
    pass_ratio: Type.Optional(Type.Number({ minimum: 0.5, maximum: 1 })),
    /** The interface that carries the uplink. Default: that of the default route. */
    interface: Type.Optional(Type.String({ pattern: '^[^-./\\s][^/\\s]{0,14}$' })),
    /** Look at the counters between tests, which costs no byte. Default: on a gateway. */
    passive: Type.Optional(Type.Boolean())
  },
  { additionalProperties: false }
)
export type Options = Static<typeof Options>
export type Vantage = Options['vantage']

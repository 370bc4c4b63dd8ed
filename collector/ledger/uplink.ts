import Type, { type Static } from 'typebox'
import { SentenceError } from '../../contract/parse.ts'
import { RegistryId } from '../../contract/registry-id.ts'

/** An uplink in the ledger file; units and meaning as in the row. */
export const Uplink = Type.Object(
  {
    id: RegistryId,
    school: RegistryId,
    device: RegistryId,
    interface: Type.Optional(Type.String({ pattern: '^[^-./\\s][^/\\s]{0,14}$' })),
    contract_down_mbps: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 1_000_000 })),
    contract_up_mbps: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 1_000_000 })),
    isp: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    shared_group: Type.Optional(RegistryId),
    server: Type.Optional(RegistryId)
  },
  { additionalProperties: false }
)
export type Uplink = Static<typeof Uplink>

/** An uplink (出口): one line of a school to the internet, and the device that stands on it. */
export interface UplinkRow {
  readonly id: string
  readonly school: string
  /** The device whose agent measures it: the gateway, or a panel behind it (which can only add doubt). */
  readonly device: string
  /** The interface that carries the default route; undefined lets the agent find it. */
  readonly interfaceName: string | undefined
  readonly contractDownMbps: number | undefined
  readonly contractUpMbps: number | undefined
  readonly isp: string | undefined
  /** Uplinks that share one physical line or one bottleneck are never tested at the same time. */
  readonly sharedGroup: string | undefined
  /** Id of the test server to use; undefined leaves it to the collector. */
  readonly server: string | undefined
}

/**
 * What a schema cannot say of uplinks (their ids and schools are checked with the rest): the device is a gateway or a panel of the same school,
 * and two uplinks of one device are told apart by their interfaces. Throws a SentenceError.
 */
export const checkUplinks = (
  uplinks: readonly Uplink[],
  devices: readonly { readonly id: string; readonly school: string; readonly kind: string }[],
  place: string
): void => {
  const known = new Map(devices.map(device => [device.id, device]))
  const taken = new Map<string, string>()
  for (const [i, uplink] of uplinks.entries()) {
    const device = known.get(uplink.device)
    if (device === undefined)
      throw new SentenceError(`${place}/${i}/device must be the id of a known device, got "${uplink.device}"`)
    if (device.school !== uplink.school)
      throw new SentenceError(
        `${place}/${i}/device must be a device of school "${uplink.school}", got "${uplink.device}" of "${device.school}"`
      )
    if (device.kind !== 'gateway' && device.kind !== 'panel')
      throw new SentenceError(
        `${place}/${i}/device must be a gateway or a panel, got "${uplink.device}" which is a ${device.kind}`
      )
    const line = JSON.stringify([uplink.device, uplink.interface])
    const other = taken.get(line)
    if (other !== undefined)
      throw new SentenceError(
        `${place}/${i}/interface must differ from that of uplink "${other}" on the same device, got ${uplink.interface === undefined ? 'none' : `"${uplink.interface}"`}`
      )
    taken.set(line, uplink.id)
  }
}

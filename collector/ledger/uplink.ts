import Type, { type Static } from 'typebox'
import { RegistryId } from '../../contract/registry-id.ts'
import { known, quoted, unique, type LedgerFault } from './fault.ts'
import type { Ledger } from './ledger.ts'

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
 * What a schema cannot say of uplinks: their schools exist, the device is a gateway or a panel of the same school, and two uplinks of one
 * device are told apart by their interfaces.
 */
export function* uplinkFaults({ schools, devices = [], uplinks = [] }: Ledger): Generator<LedgerFault> {
  const schoolIds = new Map(schools.map(school => [school.id, school]))
  const deviceIds = new Map(devices.map(device => [device.id, device]))
  const taken = new Map<string, string>()
  yield* unique('uplinks', uplinks)
  for (const [index, uplink] of uplinks.entries()) {
    const at = { kind: 'uplinks', index } as const
    yield* known(schoolIds, uplink.school, { ...at, field: 'school' }, 'schools', 'school')
    yield* known(deviceIds, uplink.device, { ...at, field: 'device' }, 'devices', 'device')
    const device = deviceIds.get(uplink.device)
    if (device !== undefined) yield* deviceFaults(uplink, device, schoolIds.has(uplink.school), index)
    const line = JSON.stringify([uplink.device, uplink.interface])
    const other = taken.get(line)
    if (other !== undefined && other !== uplink.id)
      yield {
        ...at,
        field: 'interface',
        expectation: `must differ from that of uplink ${quoted(other)} on the same device`,
        got: uplink.interface === undefined ? 'none' : quoted(uplink.interface),
        twin: other
      }
    taken.set(line, uplink.id)
  }
}

function* deviceFaults(
  uplink: Uplink,
  device: { readonly id: string; readonly school: string; readonly kind: string },
  schoolKnown: boolean,
  index: number
): Generator<LedgerFault> {
  const at = { kind: 'uplinks', index, field: 'device', about: [{ kind: 'devices', id: device.id }] } as const
  if (schoolKnown && device.school !== uplink.school)
    yield {
      ...at,
      expectation: `must be a device of school ${quoted(uplink.school)}`,
      got: `${quoted(device.id)} of ${quoted(device.school)}`
    }
  if (device.kind !== 'gateway' && device.kind !== 'panel')
    yield { ...at, expectation: 'must be a gateway or a panel', got: `${quoted(device.id)} which is a ${device.kind}` }
}

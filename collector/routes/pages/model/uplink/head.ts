import type { DeviceRow } from '../../../../ledger/ledger.ts'
import type { PageContext } from '../../context.ts'
import type { OneUplink } from './reads.ts'

/** Which line this is. */
export interface UplinkHead {
  /** Unique on the page. */
  readonly anchor: string
  readonly name: string
  /** '' where the name is the id. */
  readonly id: string
  readonly contract: string
  readonly device: string
  readonly deviceKind: string
  /** Why what it measures decides nothing, '' on a gateway. */
  readonly caution: string
  readonly shared: string
}

export const headOf = (
  { say, term, formats }: PageContext,
  { devices }: { readonly devices: readonly DeviceRow[] },
  { uplink, vantage }: OneUplink,
  index: number
): UplinkHead => {
  const device = devices.find(one => one.id === uplink.device)
  const rate = (mbps: number): string => formats.figure('contract_mbps', mbps)
  return {
    anchor: `uplink-${index + 1}`,
    name: uplink.isp ?? uplink.id,
    id: uplink.isp === undefined ? '' : uplink.id,
    contract: [
      ...(uplink.contractDownMbps === undefined ? [] : [say('contract_down', { rate: rate(uplink.contractDownMbps) })]),
      ...(uplink.contractUpMbps === undefined ? [] : [say('contract_up', { rate: rate(uplink.contractUpMbps) })])
    ].join(say('separator')),
    device: device?.name ?? uplink.device,
    deviceKind: device === undefined ? '' : term('device', device.kind),
    caution: vantage === 'gateway' ? '' : say('uplink_panel'),
    shared: uplink.sharedGroup ?? ''
  }
}
